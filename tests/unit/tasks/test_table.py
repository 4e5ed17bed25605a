"""Tables of the user's own: every format gives the same examples, every fault one line with its place."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exapt.errors import BadInput
from exapt.tasks.reading import read_file
from exapt.tasks.table import Table

LABELS: dict[Any, str] = {"0": "unrelated", "1": "homologous"}
ROWS = [("ACGT", "ACGA", 1), ("TTTT", "GGGG", 0), ("ACGT", "CCCC", 0), ('say "x"', "a,b", 1)]


def table(file: Path | str, /, **changes: Any) -> Table:
    return Table(**{"path": str(file), "labels": LABELS, "positive": "homologous", **changes})


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["sentence1", "sentence2", "label"])


@pytest.mark.parametrize(
    "name", ["t.csv", "t.csv.gz", "t.tsv", "t.jsonl", "t.jsonl.gz", "t.ndjson", "t.parquet", "t.PARQUET"]
)
def test_every_format_gives_the_same_examples(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if "parquet" in name.lower():
        frame().to_parquet(path)
    elif "json" in name:
        frame().to_json(path, orient="records", lines=True)
    else:
        frame().to_csv(path, index=False, sep="\t" if "tsv" in name else ",")
    examples = table(path).load("test")
    assert [(e.left, e.right, e.label) for e in examples] == [(a, b, LABELS[str(y)]) for a, b, y in ROWS]
    assert [e.id for e in examples] == ["row-000001", "row-000002", "row-000003", "row-000004"]
    assert [e.group for e in examples] == ["group-000001", "group-000002", "group-000001", "group-000003"]
    assert examples.positive.tolist() == [True, False, False, True]


def test_facts_hold_the_files_hash_and_no_path(tmp_path: Path) -> None:
    facts = []
    for folder in ("here", "there"):
        path = tmp_path / folder / "some.csv"
        path.parent.mkdir()
        frame().to_csv(path, index=False)
        facts.append(table(path).facts())
    assert facts[0] == facts[1]
    assert facts[0]["sha256"] == {"test": hashlib.sha256(path.read_bytes()).hexdigest()}
    assert facts[0]["groups"] == {"test": 3}
    assert "some.csv" not in json.dumps(facts[0]) and str(tmp_path) not in json.dumps(facts[0])


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ((0, 1), [0, 1]),
        (("0", "1"), [0.0, 1.0]),
        ((False, True), [False, True]),
        (("false", "true"), ["False", "TRUE"]),
        (("no", "yes"), ["no", " yes "]),
    ],
)
def test_labels_match_by_their_text(tmp_path: Path, keys: tuple[Any, Any], values: list[Any]) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"sentence1": ["a", "b"], "sentence2": ["c", "d"], "label": values}).to_parquet(path)
    examples = table(path, labels={keys[0]: "n", keys[1]: "y"}, positive="y").load("test")
    assert [e.label for e in examples] == ["n", "y"]


def test_several_raw_labels_may_mean_one_class(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "sentence1,sentence2,label\na,b,weak\nc,d,strong\ne,f,none\n")
    task = table(path, labels={"none": "unrelated", "weak": "homologous", "strong": "homologous"})
    assert task.load("test").positive.tolist() == [True, True, False]


def test_columns_of_other_names_ids_groups_and_single_sequences(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "name,sequence,y,family\nq1,ACGT,0,f1\n7,ACGT,1,f2\n")
    columns = {"left": "sequence", "right": None, "label": "y", "id": "name", "group": "family"}
    examples = table(path, columns=columns).load("test")
    assert not examples.paired
    assert [(e.id, e.group) for e in examples] == [("q1", "f1"), ("7", "f2")]
    rows = table(path, columns={**columns, "group": None}, group="row").load("test")
    assert [e.group for e in rows] == ["q1", "7"]


def test_unquoted_text_keeps_its_quotation_marks_and_odd_separators(tmp_path: Path) -> None:
    odd = 'a "b\u2028c\x0cd'
    path = write(tmp_path / "t.tsv", f'sentence1\tsentence2\tlabel\r\n{odd}\t"e\t0\r\nf\tg\t1\r\n')
    examples = table(path, quoting=False).load("test")
    assert [(e.left, e.right) for e in examples] == [(odd, '"e'), ("f", "g")]


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=8))
def test_a_quoted_file_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    clean = [
        tuple(cell.replace("\r", "").replace("\x00", "").encode("utf-8", "ignore").decode() + "." for cell in row)
        for row in rows
    ]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("x", "y"), *clean])
    path = tmp_path_factory.getbasetemp() / "quoted.csv"
    path.write_bytes(out.getvalue().encode())
    assert [tuple(row) for row in read_file(path).frame.to_numpy().tolist()] == clean


def test_a_sequence_longer_than_the_csv_modules_limit_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", f"sentence1,sentence2,label\n{'ACGT' * 50_000},A,0\n")
    assert len(next(iter(table(path).load("test"))).left) == 200_000


HEAD = "sentence1,sentence2,label\n"
PAIR = '{"sentence1": "a", "sentence2": "b", "label": 0}\n'
FAULTS = {
    "column": ("t.csv", "sentence1,sentense2,label\na,b,0\n", {}, r"'sentence2' \(columns.right\). .*'sentense2'"),
    "third label": ("t.csv", HEAD + "a,b,0\nc,d,2\n", {}, "row 2 has the label '2'; labels knows 0, 1"),
    "no label": ("t.csv", HEAD + "a,b,\n", {}, "row 1 has no label"),
    "null label": ("t.jsonl", PAIR.replace(', "label": 0', "") + PAIR, {}, "row 1 has no label"),
    "empty side": ("t.csv", HEAD + "a,b,0\nc,  ,1\n", {}, r"row 2 has an empty sentence2 \(right side\)"),
    "null side": ("t.jsonl", PAIR.replace('"a"', "null"), {}, "row 1 has an empty sentence1"),
    "empty id": ("t.csv", "id," + HEAD + ",a,b,0\n", {"columns": {"id": "id"}}, "row 1 has an empty id"),
    "same id": ("t.csv", "id," + HEAD + "x,a,b,0\nx,c,d,1\n", {"columns": {"id": "id"}}, "row 2 repeats the id 'x'"),
    "dna": ("t.csv", HEAD + "acgtn,A,0\nACJT,A,0\n", {"alphabet": {"left": "dna"}}, "row 2, sentence1: .* 3 holds 'J'"),
    "protein": ("t.csv", HEAD + "A,MX*u,0\nA,M1,0\n", {"alphabet": {"right": "protein"}}, "row 2, .*: holds '1'"),
    "json": ("t.jsonl", PAIR + '\n{"sente', {}, "line 3 is not JSON"),
    "json list": ("t.jsonl", "[1, 2]\n", {}, "line 1 is not a JSON object"),
    "few fields": ("t.tsv", (HEAD + "a,b,0\nc,d\n").replace(",", "\t"), {"quoting": False}, "line 3 has 2 fields"),
    "many fields": ("t.csv", HEAD + '"two\nlines",b,0\nc,d,1,9\n', {}, "line 4 has 4 fields, the header 3"),
    "open quote": ("t.csv", HEAD + 'a,b,0\n"c,d,1\ne,f,1\n', {}, "line 3: unexpected end of data; mend the quotes"),
    "twice a column": ("t.csv", "label,sentence1,label\n0,a,0\n", {}, "names the column 'label' twice"),
    "no rows": ("t.csv", HEAD, {}, "holds no rows"),
    "nothing": ("t.csv", "", {}, "is empty"),
    "format": ("t.dat", HEAD, {}, "set format to one of csv, tsv, jsonl, parquet"),
    "parquet": ("t.parquet", "PAR1 and then nothing", {}, "not a whole Parquet file"),
    "not gzip": ("t.csv.gz", HEAD, {}, "gzip is truncated or damaged"),
    "row count": ("t.csv", HEAD + "a,b,0\n", {"rows": {"test": 1600}}, r"has 1 rows where 1,600 .* \(rows.test\)"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_with_file_and_place(tmp_path: Path, fault: str) -> None:
    name, text, changes, said = FAULTS[fault]
    path = write(tmp_path / name, text)
    with pytest.raises(BadInput, match=said) as caught:
        table(path, **changes).load("test")
    line = str(caught.value)
    assert line.startswith(f"{path}:") and "\n" not in line


def test_a_truncated_gzip(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress((HEAD + "a,b,0\n" * 1000).encode())[:-20])
    with pytest.raises(BadInput, match="gzip is truncated or damaged; fetch the file again"):
        table(path).load("test")


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((HEAD + "a,b,0\n").encode() + "é,b,0\n".encode("latin-1"))
    with pytest.raises(BadInput, match=re.escape(f"{path}: line 3 is not UTF-8")):
        table(path).load("test")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path / "pairs.csv", HEAD + "a,b,0\n")
    with pytest.raises(BadInput, match=r"no such file; check the path. Did you mean 'pairs.csv'"):
        table(tmp_path / "pears.csv").load("test")
    with pytest.raises(BadInput, match="no such file, nor its folder"):
        table(tmp_path / "no" / "pairs.csv").load("test")
    with pytest.raises(BadInput, match="is a folder"):
        table(tmp_path, format="csv").load("test")
    with pytest.raises(BadInput, match="cannot be read"):
        table(tmp_path / "pairs.csv" / "below.csv").load("test")


def test_one_file_per_split(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", HEAD + "a,b,0\nc,d,1\n")
    write(tmp_path / "b.csv", HEAD + "e,f,0\ng,a,1\n")
    task = table(tmp_path, splits={"train": "a.csv", "test": "b.csv"})
    assert [e.left for e in task.load("train")] == ["a", "c"]
    assert task.facts()["examples_sharing_a_side_with_train"] == {"test": 1}
    assert not {e.group for e in task.load("train")} & {e.group for e in task.load("test")}
    with pytest.raises(BadInput, match="has no dev split; there is: train, test"):
        task.load("dev")


def test_fractions_divide_one_file_by_group(tmp_path: Path) -> None:
    rows = [f"s{k // 2},t{k},{k % 2}" for k in range(400)]
    path = write(tmp_path / "t.csv", HEAD + "\n".join(rows) + "\n")
    task = table(path, fractions={"train": 0.8, "dev": 0.1, "test": 0.1}, seed=3)
    parts = {split: task.load(split) for split in ("train", "dev", "test")}
    assert {split: len(examples) for split, examples in parts.items()} == {"train": 320, "dev": 40, "test": 40}
    groups = [set(examples.frame["group"]) for examples in parts.values()]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 200
    assert task.facts()["examples"] == {"train": 320, "dev": 40, "test": 40}
    limited = table(path, fractions={"train": 0.8, "dev": 0.1, "test": 0.1}, seed=3, limit=10)
    assert {e.id for e in limited.load("test")} < {e.id for e in parts["test"]}
    assert limited.load("train").digest == parts["train"].digest


def test_the_first_letters_of_each_side(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    frame().to_csv(path, index=False)
    whole, cut = table(path), table(path, letters=3)
    assert [(e.left, e.right) for e in cut.load("test")] == [(a[:3], b[:3]) for a, b, _ in ROWS]
    assert cut.facts()["letters"] == 3 and "letters" not in whole.facts()  # older facts stay the same
    assert cut.load("test").digest != whole.load("test").digest
    assert table(path, letters=100).load("test").digest == whole.load("test").digest
    single = table(path, letters=2, columns={"right": None}).load("test")
    assert [e.left for e in single] == [a[:2] for a, _, _ in ROWS]


def test_a_limit_draws_a_test_subsample(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", HEAD + "".join(f"s{k},t{k},{k // 500}\n" for k in range(1000)))
    drawn = table(path, limit=100, seed=1).load("test")
    assert len(drawn) == 100 and 30 < drawn.positive.sum() < 70
    assert drawn.digest == table(path, limit=100, seed=1).load("test").digest
    assert drawn.digest != table(path, limit=100, seed=2).load("test").digest


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"path": None}, "no file given"),
    ({"columns": {"lefft": "a"}}, "columns.lefft is not a role of a column. Did you mean 'left'"),
    ({"columns": {"label": None}}, "columns.label is null"),
    ({"labels": {"0": "a", "1": "a"}, "positive": "a"}, "exactly two classes"),
    ({"positive": "homologus"}, "Did you mean 'homologous'"),
    ({"fractions": {"train": 0.5, "test": 0.4}}, "add up to 1"),
    ({"fractions": {"train": 1.0}, "splits": {"train": "a", "test": "b"}}, "fractions divide one part"),
    ({"columns": {"group": "g"}, "group": "row"}, "contradict"),
    ({"limit": 0}, "limit is 0"),
    ({"letters": 0}, "letters is 0"),
    ({"seed": -1}, "seed is -1"),
    ({"rows": {"dev": 3}}, "rows.dev is not a part"),
    ({"splits": {}}, "splits is empty"),
]


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_wrong_settings_are_refused_before_anything_is_read(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        table("absent.csv", **changes)


@pytest.mark.parametrize("changes", [{"seed": "abc"}, {"unknown": 1}, {"group": "rows"}, {"alphabet": {"left": "rna"}}])
def test_wrong_types_and_unknown_keys_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        table("absent.csv", **changes)


def test_a_limit_below_every_group_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", HEAD + "a,b,0\na,c,1\n")
    with pytest.raises(BadInput, match="limit=1 is smaller than every group"):
        table(path, limit=1).load("test")


def test_local_data_without_data_dir_says_so() -> None:
    with pytest.raises(BadInput, match="data_dir is not set; give data_dir=FOLDER"):
        table("paper/x.jsonl", data_dir=None).load("test")


def test_the_published_dna_protein_pairs(data_dir: Path) -> None:
    import yaml

    sheet = yaml.safe_load((Path(__file__).parents[3] / "conf/task/dna_protein_150.yaml").read_text())
    assert sheet.pop("_target_") == "exapt.tasks.table.Table"
    task = Table(**{**sheet, "data_dir": str(data_dir)})
    examples = task.load("test")
    assert len(examples) == 16_000 and int(examples.positive.sum()) == 8_000
    sizes = examples.frame["group"].value_counts()
    assert len(sizes) == 9_526 and sizes.max() == 104, "no component swallows the set"
    drawn = Table(**{**sheet, "data_dir": str(data_dir), "limit": 800}).load("test")
    assert len(drawn) == 800 and 0.4 < drawn.positive.mean() < 0.6
