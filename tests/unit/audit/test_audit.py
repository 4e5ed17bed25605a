"""The whole audit: planted flaws come out where they belong, a check that is off says nothing, the rest is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from exapt.audit.audit import Audit
from exapt.audit.names import CHECKS
from exapt.errors import BadInput
from exapt.findings import Finding, Page
from exapt.settings import one_line
from exapt.tasks.table import Table

LETTERS = np.array(list("ACGT"))
DEAR = ["composition", "k-mer bags", "k-mer overlap", "MinHash", "translation"]  # most of an audit's time


def dna(rng: np.random.Generator, length: int = 60) -> str:
    return "".join(rng.choice(LETTERS, length))


def rows(n: int = 600, seed: int = 0) -> pd.DataFrame:
    """Swap blocks of copies with a fifth of the letters drawn anew: only what the sides share tells the label."""
    rng = np.random.default_rng(seed)
    made = []
    for block in range(n // 4):
        left = [dna(rng) for _ in range(2)]
        right = ["".join(rng.choice(LETTERS) if rng.random() < 0.2 else c for c in one) for one in left]
        for i in (0, 1):
            for j in (0, 1):
                made.append((left[i], right[j], "same" if i == j else "other", f"b{block}"))
    frame = pd.DataFrame(made, columns=["sentence1", "sentence2", "label", "group"])
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def task(folder: Path, frame: pd.DataFrame, **given: Any) -> Table:
    file = folder / "rows.csv"
    frame.to_csv(file, index=False)
    settings: dict[str, Any] = {
        "signal": ["k-mer overlap", "MinHash", "edit", "alignment", "k-mer bags", "composition", "translation"],
        "columns": {"group": "group"},
    }
    return Table(
        name="mine", path=str(file), labels={"same": "same", "other": "other"}, positive="same", **settings | given
    )  # fmt: skip


def by_name(page: Page) -> dict[str, Finding]:
    assert len({finding.check for finding in page.findings}) == len(page.findings)
    return {finding.check: finding for finding in page.findings}


def test_a_clean_task_has_no_failure_and_its_signal_is_the_bar(tmp_path: Path) -> None:
    page = Audit(task=task(tmp_path, rows())).execute()
    found = by_name(page)
    assert [finding.check for finding in page.findings if finding.level == "fail"] == []
    assert found["edit"].level == "warn" and found["edit"].facts["signal"] is True
    assert found["left only"].level == found["lengths"].level == "pass"
    passport = page.passport()
    assert passport.stops == [] and passport.bar is not None and passport.bar > 0.95
    order = list(CHECKS)
    assert [order.index(finding.check) for finding in page.findings] == sorted(order.index(c) for c in found)
    assert Audit(task=task(tmp_path, rows())).execute() == page  # to the last digit


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ("gaps", "characters present"),
        ("length", "lengths"),
        ("sorted", "label order"),
        ("both labels", "contradictory labels"),
    ],
)
def test_a_planted_flaw_is_found_by_its_check_alone(flaw: str, check: str, tmp_path: Path) -> None:
    frame = rows()
    same = frame["label"] == "same"
    if flaw == "gaps":
        frame.loc[same, "sentence1"] = frame["sentence1"].str[:30] + "-" + frame["sentence1"].str[30:]
    elif flaw == "length":
        frame.loc[same, "sentence2"] = frame["sentence2"].str[:52]
    elif flaw == "sorted":
        frame = frame.sort_values("label", ignore_index=True)
    else:
        turned = frame[same].head(12).assign(label="other")
        frame = pd.concat([frame, turned], ignore_index=True)
    page = Audit(task=task(tmp_path, frame), skip=DEAR).execute()
    assert by_name(page)[check].level == "fail"
    off = Audit(task=task(tmp_path, frame), skip=[check, *DEAR]).execute()
    assert check not in by_name(off)
    left = {finding.check for finding in off.findings if finding.level == "fail"}
    assert left == {f.check for f in page.findings if f.level == "fail"} - {check}
    if flaw in ("sorted", "both labels"):
        assert left <= {"position"}
    assert check in page.passport().stops or flaw == "sorted"


@pytest.mark.slow
def test_what_is_left_without_the_shortcut_is_a_task_of_its_own(tmp_path: Path) -> None:
    frame = rows(2_000)
    rng = np.random.default_rng(3)
    shorter = (frame["label"] == "same") & (rng.random(len(frame)) < 0.3)
    frame.loc[shorter, "sentence2"] = frame["sentence2"].str[:50]
    out = tmp_path / "out"
    page = Audit(task=task(tmp_path, frame), out=str(out), skip=DEAR).execute()
    found = by_name(page)
    assert found["lengths"].level == "fail"
    assert found["matched remainder"].level == "pass"
    held = json.loads((out / "audit.json").read_text())
    assert Page.model_validate(held) == page
    remainder = Table(
        name="rest", path=str(out / "remainder" / "test.parquet"), labels={"same": "same", "other": "other"},
        positive="same", columns={"group": "group", "id": "id"},
    ).load("test")  # fmt: skip
    assert len(remainder) == 2 * found["matched remainder"].facts["pairs"] > 600
    lengths = remainder.frame["right"].str.len()
    assert abs((lengths[remainder.positive] < 60).mean() - (lengths[~remainder.positive] < 60).mean()) < 0.02
    with pytest.raises(BadInput, match="holds another audit"):
        Audit(task=task(tmp_path, rows(seed=5)), out=str(out)).execute()
    assert Audit(task=task(tmp_path, frame), out=str(out), skip=DEAR).execute() == page


def test_a_source_and_single_sequences(tmp_path: Path) -> None:
    frame = rows(400)
    (tmp_path / "b").mkdir()
    source = task(tmp_path / "b", frame[frame["group"].isin([f"b{block}" for block in range(50)])])
    found = by_name(Audit(task=task(tmp_path, frame), source=source, skip=DEAR).execute())
    assert found["overlap with source"].value == pytest.approx(0.5) and found["overlap with source"].ids
    single = frame.drop(columns="sentence2").drop_duplicates("sentence1")
    (tmp_path / "c").mkdir()
    alone = task(tmp_path / "c", single, columns={"right": None, "group": "group"})
    assert {"right only", "edit"}.isdisjoint(by_name(Audit(task=alone).execute()))


@pytest.mark.parametrize(
    ("given", "said"),
    [({"skip": ["lenghts"]}, "skip: there is no check 'lenghts'. Did you mean 'lengths'?"), ({"seed": -1}, "seed=-1")],
)
def test_wrong_names_are_one_line(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        Audit(task=task(tmp_path, rows(8)), **given)
    assert one_line(caught.value).startswith(said)
    with pytest.raises(ValidationError) as caught:
        Audit(task=task(tmp_path, rows(8), signal=["editt"]))
    assert "Did you mean 'edit'?" in one_line(caught.value)
    with pytest.raises(ValidationError) as caught:
        Audit(task=task(tmp_path, rows(8), signal=["left only"]))  # would declare a flaw to be the subject
    assert one_line(caught.value).startswith("signal: 'left only' is no family of content.")
