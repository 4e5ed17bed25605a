"""Hub data sets: the real loading code on a local folder and against a local server that speaks the Hub's protocol."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from exapt.errors import BadInput
from exapt.tasks.hub import Hub
from tests.unit.tasks.hub_server import hub_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CARD = """---
configs:
- config_name: pairs
  data_files: [{split: train, path: pairs/train-*}]
- config_name: more
  data_files: [{split: train, path: more/train-*}]
---
Two configurations.
"""
SETTINGS: dict[str, Any] = {
    "name": "toy",
    "config": "pairs",
    "splits": {"test": "train"},
    "labels": {"0": "different", "1": "similar"},
    "positive": "similar",
}
PRINT = """
import json, sys
from exapt.tasks.hub import Hub
from exapt.tasks.pawsx import PawsX
for kind, settings in json.loads(sys.argv[1]):
    try:
        task = {"hub": Hub, "pawsx": PawsX}[kind](**settings)
        rows = [[e.id, e.left, e.right, e.label] for e in task.load("test")]
        print(json.dumps(rows), json.dumps(task.facts()), sep="\\t")
    except Exception as error:
        print(type(error).__name__, error, sep="\\t")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set in the Hub's layout: two configurations, the first in two shards."""
    top = tmp_path_factory.mktemp("set")
    (top / "pairs").mkdir()
    (top / "more").mkdir()
    for shard in (0, 1):
        rows = pd.DataFrame({"sentence1": ["ACGT", "TT"], "sentence2": ["A", f"C{shard}"], "label": [shard, 1]})
        rows.to_parquet(top / "pairs" / f"train-0000{shard}-of-00002.parquet")
    rows.to_parquet(top / "more" / "train-00000-of-00001.parquet")
    (top / "README.md").write_text(CARD)
    return top


def hub(**changes: Any) -> Hub:
    return Hub(**{**SETTINGS, **changes})


def run(env: dict[str, str], *tasks: tuple[str, dict[str, Any]]) -> list[list[str]]:
    """What tasks give in a process of its own: the Hub's address is read when its library is imported."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT, json.dumps(tasks)],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [line.split("\t") for line in done.stdout.splitlines()]


def network(address: str, cache: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    on = {"HF_HUB_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0", "HF_ENDPOINT": address}
    return {**env, **on, "HF_HOME": str(cache / "hf"), "EXAPT_CACHE": str(cache / "exapt")}


def test_a_local_folder_in_the_hubs_layout(folder: Path) -> None:
    task = hub(dataset=str(folder))
    examples = task.load("test")
    assert [(e.id, e.left, e.right, e.label) for e in examples] == [
        ("row-000001", "ACGT", "A", "different"),
        ("row-000002", "TT", "C0", "similar"),
        ("row-000003", "ACGT", "A", "similar"),
        ("row-000004", "TT", "C1", "similar"),
    ]
    assert examples.frame["group"].nunique() == 2
    facts = task.facts()
    assert len(facts["sha256"]["train"]) == 64 and str(folder) not in json.dumps(facts)


def test_json_lines_columns_labels_and_splits(tmp_path: Path) -> None:
    rows = [{"one": "a", "two": "b", "y": False}, {"one": "c", "two": "d", "y": True}]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "test.jsonl").write_text(json.dumps({"one": "e", "two": "a", "y": True}) + "\n")
    task = hub(
        dataset=str(tmp_path),
        config=None,
        splits={"train": "train", "test": "test"},
        columns={"left": "one", "right": "two", "label": "y"},
        labels={"false": "different", "true": "similar"},
    )
    assert [e.label for e in task.load("train")] == ["different", "similar"]
    assert [e.left for e in task.load("test")] == ["e"]
    assert task.facts()["examples_sharing_a_side_with_train"] == {"test": 1}


def test_one_undivided_split_is_divided_by_group(folder: Path) -> None:
    task = hub(dataset=str(folder), fractions={"train": 0.5, "test": 0.5})
    assert {len(task.load("train")), len(task.load("test"))} == {2}
    assert not set(task.load("train").frame["left"]) & set(task.load("test").frame["left"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"config": "pair"}, "has no configuration 'pair'. Did you mean 'pairs'"),
        ({"config": None}, "has several configurations; set config to one of pairs, more"),
        ({"splits": {"test": "trian"}}, "the data set has no split 'trian'. Did you mean 'train'"),
        ({"rows": {"train": 5}}, "has 4 rows where 5 are expected"),
        ({"labels": {"1": "similar", "2": "different"}}, "pairs train: row 1 has the label '0'; labels knows 1, 2"),
    ],
)
def test_faults_of_a_local_folder_are_one_line(folder: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        hub(dataset=str(folder), **changes).load("test")
    assert "\n" not in str(caught.value)


def test_a_folder_without_data_and_one_with_broken_data(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing here")
    with pytest.raises(BadInput, match="no data set in the Hub's layout"):
        hub(dataset=str(tmp_path), config=None).load("test")
    (tmp_path / "train.jsonl").write_text('{"sentence1": "a"')
    with pytest.raises(BadInput, match="files cannot be understood") as caught:
        hub(dataset=str(tmp_path), config=None).load("test")
    assert "\n" not in str(caught.value)


def test_a_folder_has_no_revision(folder: Path) -> None:
    with pytest.raises(ValueError, match="has no revisions"):
        hub(dataset=str(folder), revision="main")


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The folder behind a server, and what was asked of it; the server goes when the module's tests are done."""
    with hub_of(folder, "org/set", COMMIT) as (address, asked):
        yield network(address, tmp_path_factory.mktemp("cache")), asked


@pytest.mark.slow
def test_the_hub_is_asked_once_and_its_commit_recorded(served: tuple[dict[str, str], list[str]], folder: Path) -> None:
    env, asked = served
    settings = {**SETTINGS, "dataset": "org/set"}
    ((rows, facts),) = run(env, ("hub", settings))
    local = [[e.id, e.left, e.right, e.label] for e in hub(dataset=str(folder)).load("test")]
    assert json.loads(rows) == local
    assert json.loads(facts)["commit"] == COMMIT and json.loads(facts)["dataset"] == "org/set"
    assert any(request.endswith("of-00002.parquet") for request in asked)
    before = len(asked)
    pinned = run(env, ("hub", {**settings, "revision": COMMIT}))
    assert pinned == [[rows, facts]]
    assert not asked[before:], "a commit that was fetched before is read from the cache"
    # the same without the Hub: what the revision stood for last, from the cache
    gone = {**env, "HF_ENDPOINT": "http://127.0.0.1:9"}
    assert run(gone, ("hub", settings)) == [[rows, facts]]


def test_what_the_hub_does_not_have_is_one_line(served: tuple[dict[str, str], list[str]]) -> None:
    env, _ = served
    base = {**SETTINGS, "dataset": "org/set"}
    lines = run(
        env,
        ("hub", {**base, "dataset": "org/other"}),
        ("hub", {**base, "revision": "v9"}),
        ("hub", {**base, "revision": "f" * 40}),
        ("hub", {**base, "config": "pear"}),
        ("pawsx", {"language": "de", "train": "12k"}),
    )
    assert [kind for kind, _ in lines] == ["BadInput"] * 5
    said = [
        "not on the Hub, or private",
        "no revision 'v9'",
        "no revision 'ffff",
        "Did you mean 'pairs'",
        "paws-x: not on",
    ]
    for (_, line), part in zip(lines, said, strict=True):
        assert part in line


@pytest.mark.parametrize("offline", [False, True])
def test_no_network_is_one_line_within_seconds(tmp_path: Path, offline: bool) -> None:
    env = network("http://127.0.0.1:9", tmp_path)
    if offline:
        env["HF_HUB_OFFLINE"] = "1"
    begin = time.monotonic()
    lines = run(
        env,
        ("hub", {**SETTINGS, "dataset": "org/set"}),
        ("hub", {**SETTINGS, "dataset": "org/set", "revision": COMMIT}),
        ("pawsx", {"language": "en"}),
    )
    assert time.monotonic() - begin < 20
    for kind, line in lines:
        assert kind == "BadInput"
        assert (
            "cannot be fetched from http://127.0.0.1:9" in line
            and "connect to the network, or read a local copy" in line
        )
    assert not list((tmp_path / "exapt").rglob("*.parquet"))


def test_a_hub_that_never_finishes_its_answer_is_given_up(tmp_path: Path) -> None:
    """One header that never ends: every read is in time, so that only a limit on the whole helps."""

    def drip(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                with client, suppress(OSError):
                    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while True:
                        client.sendall(b"a")
                        time.sleep(0.2)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        env = network(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path)
        begin = time.monotonic()
        ((kind, line),) = run(env, ("hub", {**SETTINGS, "dataset": "org/set", "timeout": 1.0}))
    assert time.monotonic() - begin < 15
    assert kind == "BadInput" and "no answer within 1 s" in line


@pytest.mark.slow
def test_pawsx_from_the_hub(tmp_path: Path) -> None:
    top = tmp_path / "set"
    (top / "de").mkdir(parents=True)
    sizes = {"train": 49_401, "validation": 2_000, "test": 2_000}
    for split, n in sizes.items():
        start = 0 if split != "test" else 1_990  # ten sentences stand in validation, train and test
        rows = {"id": range(1, n + 1), "sentence1": [f"a{k + start}" for k in range(n)]}
        table = pd.DataFrame(
            {**rows, "sentence2": [f"b {split} {k}" for k in range(n)], "label": [k % 2 for k in range(n)]}
        )
        if split == "test":
            table.loc[5, "sentence1"], table.loc[6, "sentence2"], table.loc[7, "label"] = "NS", "", -1
        table.to_parquet(top / "de" / f"{split}-00000-of-00001.parquet")
    files = ", ".join(f"{{split: {split}, path: de/{split}-*}}" for split in sizes)
    (top / "README.md").write_text(f"---\nconfigs:\n- config_name: de\n  data_files: [{files}]\n---\n")
    with hub_of(top, "google-research-datasets/paws-x", COMMIT) as (address, _):
        (rows, facts), (kind, line) = run(
            network(address, tmp_path), ("pawsx", {"language": "de"}), ("pawsx", {"language": "es"})
        )
    assert len(json.loads(rows)) == 1_997 and json.loads(rows)[0] == ["1", "a1990", "b test 0", "different"]
    got = json.loads(facts)
    assert got["commit"] == COMMIT and got["train"] == "official"
    assert got["dropped"]["test"] == {"placeholder": 1, "empty": 1, "unlabelled": 1}
    assert got["examples"] == {"train": 49_401, "dev": 2_000, "test": 1_997}
    assert got["pairs_sharing_a_sentence_with_train"] == {"dev": 2_000, "test": 1_997}
    assert kind == "BadInput" and "no configuration 'es'" in line


PUBLISHED = {
    "dna_protein_pair": 4_000,
    "dna_protein_pair_rand": 16_000,
    "dna_protein_pair_rand_v2": 16_000,
    "dna_sim_pair_150bp": 20_000,
    "dna_sim_pair_50bp": 20_000,
    "dna_sim_pair_simple_150bp": 18_000,
    "protein_sim_pair_150bp": 18_000,
    "protein_sim_pair_450bp": 18_000,
}


@pytest.mark.parametrize("name", [*PUBLISHED, "biopaws"])
def test_the_sheets_of_published_sets(root: Path, name: str) -> None:
    sheet = yaml.safe_load((root / f"conf/task/{name}.yaml").read_text())
    assert sheet.pop("_target_") == "exapt.tasks.hub.Hub"
    task = Hub(**sheet)
    assert task.name == name and task.splits == {"test": "train"}
    if name in PUBLISHED:
        assert (task.dataset, task.config, task.rows) == ("dnagpt/gene_lan_transfer", name, {"train": PUBLISHED[name]})
    assert task.space.positive == task.labels["1"]
