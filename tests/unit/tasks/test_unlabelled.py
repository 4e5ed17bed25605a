"""Tables without labels: rows that can be predicted and are no examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exapt.errors import BadInput
from exapt.tasks.table import Table

NO_LABEL: dict[str, str | None] = {"label": None}


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_rows_keep_their_order_and_sides(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "sentence1,sentence2\nACGT,ACGA\nTT,GG\n")
    task = Table(path=path, columns=NO_LABEL)
    rows = task.unlabelled()
    assert not task.labelled and rows.paired and len(rows) == 2
    assert rows.frame.to_numpy().tolist() == [["row-000001", "ACGT", "ACGA"], ["row-000002", "TT", "GG"]]


def test_a_column_of_labels_may_be_there_and_is_not_looked_at(tmp_path: Path) -> None:
    bare = written(tmp_path / "bare.csv", "name,sequence\na,ACGT\nb,TT\n")
    more = written(tmp_path / "more.csv", "label,name,sequence\n,a,ACGT\n?,b,TT\n")
    columns = {**NO_LABEL, "left": "sequence", "right": None, "id": "name"}
    one, other = (Table(path=path, columns=columns).unlabelled() for path in (bare, more))
    assert not one.paired and one.digest == other.digest
    assert one.frame["id"].tolist() == ["a", "b"] and one.frame["right"].tolist() == [None, None]


def test_every_text_is_in_the_digest(tmp_path: Path) -> None:
    columns = {**NO_LABEL, "id": "id"}
    texts = ["a,b,c", "a,c,b", "b,b,c", "a,bc,c", "ab,,c", "a,b,c\nd,e,f"]
    digests = set()
    for number, text in enumerate(texts):
        path = written(tmp_path / f"{number}.csv", f"id,sentence1,sentence2\n{text}\n".replace(",,", ",b,"))
        digests.add(Table(path=path, columns=columns).unlabelled().digest)
    assert len(digests) == len(texts)


def test_a_table_without_labels_is_no_task_of_examples(tmp_path: Path) -> None:
    task = Table(path=str(tmp_path / "absent.csv"), columns=NO_LABEL)
    for ask in (lambda: task.space, lambda: task.load("test"), task.facts):
        with pytest.raises(BadInput, match=r"^table: has no labels \(columns.label is null\); only exapt predict"):
            ask()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"labels": {"0": "no", "1": "yes"}}, "labels"),
        ({"positive": "yes"}, "positive"),
        ({"limit": 5}, "limit"),
        ({"fractions": {"train": 0.5, "test": 0.5}}, "fractions"),
        ({"columns": {**NO_LABEL, "group": "family"}}, "columns.group"),
    ],
)
def test_settings_that_only_labelled_rows_read_are_refused(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=f"columns.label is null, so the rows have no labels and {key} says nothing"):
        Table(**{"path": "absent.csv", "columns": NO_LABEL, **changes})


def test_labels_are_asked_for_unless_there_are_none() -> None:
    with pytest.raises(ValueError, match=r"table: labels is missing; give labels=\{RAW: NAME"):
        Table(path="absent.csv")
    with pytest.raises(ValueError, match="table: positive is missing; give positive=NAME"):
        Table(path="absent.csv", labels={"0": "no", "1": "yes"})


@pytest.mark.parametrize(
    ("text", "changes", "said"),
    [
        ("sentence1,sentence2\nA,C\nA,\n", {}, r"row 2 has an empty sentence2 \(right side\)"),
        ("sentence1\nA\n", {}, r"has no column 'sentence2' \(columns.right\). There is: sentence1\.$"),
        ("sentence1,other\nA,C\n", {}, r"has no column 'sentence2' \(columns.right\). There is: other\.$"),
        ("sentence1,sentence_2\nA,C\n", {}, r"has no column 'sentence2' .* Did you mean 'sentence_2'\?$"),
        ("sentence1,sentence2\nA,C\nAJ,C\n", {"alphabet": {"left": "dna"}}, "row 2, sentence1: position 2 holds 'J'"),
        (
            "id,sentence1,sentence2\nx,A,C\nx,A,C\n",
            {"columns": {"label": None, "id": "id"}},
            "row 2 repeats the id 'x'",
        ),
        ("id,sentence1,sentence2\nx,A,C\n,A,C\n", {"columns": {"label": None, "id": "id"}}, "row 2 has an empty id"),
        ("sentence1,sentence2\nA,C\n", {"rows": {"test": 2}}, r"has 1 rows where 2 are expected"),
    ],
)
def test_faults_name_file_and_row(tmp_path: Path, text: str, changes: dict[str, Any], said: str) -> None:
    path = written(tmp_path / "t.csv", text)
    with pytest.raises(BadInput, match=said) as caught:
        Table(**{"path": path, "columns": NO_LABEL, **changes}).unlabelled()
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


def test_one_column_is_not_both_sides() -> None:
    with pytest.raises(ValueError, match=r"table: columns\.left and columns\.right are both 'sentence1'"):
        Table(path="absent.csv", columns={"label": None, "right": "sentence1"})


def test_of_several_files_the_test_split_is_predicted(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", "sentence1,sentence2\nA,C\n")
    task = Table(path=str(tmp_path), columns=NO_LABEL, splits={"train": "gone.csv", "test": "a.csv"})
    assert task.unlabelled().frame["left"].tolist() == ["A"]
    with pytest.raises(BadInput, match="has no test split"):
        Table(path=str(tmp_path), columns=NO_LABEL, splits={"train": "a.csv"}).unlabelled()
