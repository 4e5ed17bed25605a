"""PAWS-X from local files: counts, placeholders, quoting, groups, and what the training file shares with the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from exapt.errors import BadInput
from exapt.tasks.pawsx import PawsX

HEAD = "id\tsentence1\tsentence2\tlabel\n"


def small(folder: Path, file: str, rows: list[str]) -> None:
    path = folder / "pawsx" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + "".join(row + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "dev", "test"), [("en", 2000, 2000), ("de", 1932, 1968), ("fr", 1992, 1986), ("zh", 1984, 1975)]
)
def test_the_real_files_have_the_known_rows(data_dir: Path, language: Any, dev: int, test: int) -> None:
    task = PawsX(language=language, data_dir=str(data_dir))
    assert task.name == f"pawsx_{language}" and task.space.positive == "paraphrase"
    assert (len(task.load("dev")), len(task.load("test"))) == (dev, test)
    assert 0.4 < task.load("test").positive.mean() < 0.5
    facts = task.facts()
    assert facts["train"] is None and "pairs_sharing_a_sentence_with_train" not in facts
    assert str(data_dir) not in json.dumps(facts)


def test_the_12k_file_shares_sentences_with_test_and_the_strict_one_none(data_dir: Path) -> None:
    shared = {}
    for train, rows in (("12k", 11_978), ("strict", 8_592)):
        task = PawsX(language="en", data_dir=str(data_dir), train=train)
        assert len(task.load("train")) == rows
        facts = task.facts()
        assert facts["train"] == train and set(facts["sha256"]) == {"train", "dev", "test"}
        shared[train] = facts["pairs_sharing_a_sentence_with_train"]
    assert shared == {"12k": {"dev": 1_715, "test": 1_707}, "strict": {"dev": 0, "test": 0}}


def test_groups_link_pairs_that_share_a_sentence(data_dir: Path) -> None:
    frame = PawsX(language="en", data_dir=str(data_dir)).load("test").frame
    assert frame["group"].nunique() == 1_238
    home: dict[str, str] = {}
    for left, right, group in zip(frame["left"], frame["right"], frame["group"], strict=True):
        assert home.setdefault(left, group) == group and home.setdefault(right, group) == group


def test_quotation_marks_are_text(data_dir: Path) -> None:
    lines = (data_dir / "pawsx" / "dev_2k.zh.tsv").read_text(encoding="utf-8").split("\n")[1:1985]
    expected = [tuple(line.split("\t")) for line in lines]
    assert any('"' in left for _, left, _, _ in expected)
    found = PawsX(language="zh", data_dir=str(data_dir)).load("dev")
    assert [(e.id, e.left, e.right, "01"[e.label == "paraphrase"]) for e in found] == expected


def test_placeholder_rows_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = ["1\ta\tb\t1", "2\tNS\tc\t0", "3\td\t NS \t0", "4\t\te\t1", "5\tf\t \t1", "6\tNSA\tg\t0", "7\th\ti\t-1"]
    small(tmp_path, "test_2k.de.tsv", rows)
    task = PawsX(language="de", data_dir=str(tmp_path), rows={"test": 2})
    assert [(e.id, e.label) for e in task.load("test")] == [("1", "paraphrase"), ("6", "different")]
    assert task.facts()["dropped"] == {"test": {"placeholder": 2, "empty": 2, "unlabelled": 1}}


def test_another_row_count_is_refused(tmp_path: Path) -> None:
    small(tmp_path, "test_2k.de.tsv", ["1\ta\tb\t1", "2\tNS\tc\t0"])
    with pytest.raises(
        BadInput, match=r"test_2k.de.tsv: has 1 rows where 1,968 are expected after placeholders .* rows.test=1"
    ):
        PawsX(language="de", data_dir=str(tmp_path)).load("test")
    small(tmp_path, "train.de.tsv", ["1\ta\tb\t1", "2\tNS\tc\t0"])
    with pytest.raises(BadInput, match="has 2 rows where 49,401 are expected as published"):
        PawsX(language="de", data_dir=str(tmp_path)).load("train")
    small(tmp_path, "test_2k.ja.tsv", ["1\ta\tb\t1"])
    with pytest.raises(BadInput, match="1,946 or 1,947"):
        PawsX(language="ja", data_dir=str(tmp_path)).load("test")


@pytest.mark.parametrize("rows", [1_946, 1_947])
def test_languages_known_from_the_card_only_load(tmp_path: Path, rows: int) -> None:
    small(tmp_path, "test_2k.ja.tsv", [f"{k}\ta{k}\tb{k}\t{k % 2}" for k in range(rows)])
    assert len(PawsX(language="ja", data_dir=str(tmp_path)).load("test")) == rows


def test_a_file_that_is_not_there_says_what_is(tmp_path: Path) -> None:
    for file in ("train_strict.en.tsv", "train_12k.en.tsv", "test_2k.en.tsv"):
        small(tmp_path, file, ["1\ta\tb\t1"])
    with pytest.raises(BadInput, match=r"train.en.tsv: no such file. There is train=12k, train=strict"):
        PawsX(language="en", data_dir=str(tmp_path)).load("train")
    with pytest.raises(BadInput, match="no training file in this language; train on pawsx_en"):
        PawsX(language="fr", data_dir=str(tmp_path)).load("train")
    with pytest.raises(BadInput, match=r"test_2k.ko.tsv: no such file. There is: test_2k.en.tsv"):
        PawsX(language="ko", data_dir=str(tmp_path)).load("test")
    with pytest.raises(BadInput, match="nor its folder"):
        PawsX(language="en", data_dir=str(tmp_path / "no")).load("test")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pawsx" / "test_2k.en.tsv"
    path.parent.mkdir()
    path.write_text("id\tsentence\tlabel\n1\ta\t0\n")
    with pytest.raises(BadInput, match="has no column 'sentence1'"):
        PawsX(language="en", data_dir=str(tmp_path)).load("test")


@pytest.mark.parametrize("language", ["en", "fr", "de", "zh", "es", "ja", "ko"])
def test_the_sheets_name_their_language(root: Path, language: str) -> None:
    sheet = yaml.safe_load((root / f"conf/task/pawsx_{language}.yaml").read_text())
    assert sheet.pop("_target_") == "exapt.tasks.pawsx.PawsX"
    assert sheet["data_dir"] == "${data_dir}"
    assert PawsX(**{**sheet, "data_dir": None}).name == f"pawsx_{language}"
