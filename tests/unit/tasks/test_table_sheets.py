"""The sheets of single sequences in tables: sentence polarity and GUE, on written files and on the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exapt.errors import BadInput
from exapt.tasks.table import Table

SHEETS = Path(__file__).parents[3] / "conf" / "task"


def table(sheet: str, **changes: Any) -> Table:
    given = yaml.safe_load((SHEETS / f"{sheet}.yaml").read_text())
    assert given.pop("_target_") == "exapt.tasks.table.Table"
    return Table(**{**given, **changes})


def test_sentences_keep_their_ids_and_quotation_marks(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    for split in ("train", "dev", "test"):
        rows = f'{split}-0\t"a" film , so-so .\t0\n{split}-1\tan "odd one .\t1\n'
        (tmp_path / "text" / f"sentence_polarity.{split}.tsv").write_text(f"id\tsentence\tlabel\n{rows}")
    examples = table("sentence_polarity", data_dir=str(tmp_path), rows={}).load("dev")
    assert [(e.id, e.left, e.right, e.label) for e in examples] == [
        ("dev-0", '"a" film , so-so .', None, "negative"),
        ("dev-1", 'an "odd one .', None, "positive"),
    ]
    assert examples.space.positive == "positive"


def gue(folder: Path, text: str = "sequence,label\nACGT,0\nACGA,1\nACGT,0\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev", "test"):
        (folder / f"{split}.csv").write_text(text)
    return folder


def test_a_folder_in_gues_layout_is_a_task(tmp_path: Path) -> None:
    labels: dict[Any, str] = {"0": "unmarked", "1": "marked"}
    task = table("gue", path=str(gue(tmp_path / "EMP")), labels=labels, positive="marked")
    examples = task.load("test")
    assert [(e.id, e.left, e.right, e.label) for e in examples] == [
        ("row-000001", "ACGT", None, "unmarked"),
        ("row-000002", "ACGA", None, "marked"),
        ("row-000003", "ACGT", None, "unmarked"),
    ]
    groups = [e.group for e in examples]
    assert groups[0] == groups[2] != groups[1], "equal sequences are one group"
    assert task.facts()["examples_sharing_a_side_with_train"] == {"dev": 3, "test": 3}


def test_a_letter_outside_dna_is_named(tmp_path: Path) -> None:
    folder = gue(tmp_path / "EMP", "sequence,label\nACGT,0\nACJT,1\n")
    task = table("gue", path=str(folder), labels={"0": "a", "1": "b"}, positive="b")
    with pytest.raises(BadInput, match=r"test\.csv: row 2, sequence: position 3 holds 'J'"):
        task.load("test")


@pytest.mark.parametrize(
    ("sheet", "path"), [("gue_tf_0", "gue/tf_0"), ("gue_prom_core_tata", "gue/prom_core_tata")]
)  # fmt: skip
def test_another_file_under_a_tasks_name_is_refused(sheet: str, path: str, tmp_path: Path) -> None:
    gue(tmp_path / path)
    with pytest.raises(BadInput, match=r"test\.csv: has 3 rows where .* are expected"):
        table(sheet, data_dir=str(tmp_path)).load("test")


@pytest.mark.parametrize(
    ("sheet", "files", "letters"),
    [
        ("sentence_polarity", "text/sentence_polarity.{}.tsv", None),
        ("gue_tf_0", "gue/tf_0/{}.csv", 101),
        ("gue_prom_core_tata", "gue/prom_core_tata/{}.csv", 70),
    ],
)
def test_the_real_files(sheet: str, files: str, letters: int | None, data_dir: Path) -> None:
    """Rows and positives, against lines and their last letters."""
    task = table(sheet, data_dir=str(data_dir))
    for split in ("train", "dev", "test"):
        examples = task.load(split)  # type: ignore[arg-type]
        lines = (data_dir / files.format(split)).read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
        assert not examples.paired and len(examples) == len(lines)
        assert examples.positive.tolist() == [line[-1] == "1" for line in lines]
        assert 0.45 < examples.positive.mean() < 0.55
        assert letters is None or {len(e.left) for e in examples} == {letters}
