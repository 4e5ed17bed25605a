"""Folders that are damaged or no runs, and models that are no models: one line each, nothing changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from exapt.tokenizers.characters import characters
from tests.unit.cli.conftest import SMALL, TINY, Call

TASK = ["task=dna_synth", "task.train=32", "task.dev=32", "task.test=32", "trainer=cpu"]
Change = Callable[[Path], object]


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def extra_key(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | {"mine": 1}))


def one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-4] ^= 1
    file.write_bytes(content)


DAMAGE: dict[str, tuple[Change, list[str]]] = {
    "record cut": (lambda f: half(f / "record.json"), ["run/record.json: not a record of schema 1"]),
    "record of another kind": (lambda f: extra_key(f / "record.json"), ["run/record.json: not a record", "mine"]),
    "record gone": (lambda f: (f / "record.json").unlink(), ["run holds no finished run (no record.json)"]),
    "fit cut": (lambda f: half(f / "fit.json"), ["run/fit.json: cannot be read as a fit", "restore it"]),
    "fit gone": (lambda f: (f / "fit.json").unlink(), ["run holds no finished run"]),
    "settings cut": (lambda f: half(f / "config.yaml"), ["run/config.yaml: ", "estore it"]),
    "settings of other seeds": (
        lambda f: (f / "config.yaml").write_text((f / "config.yaml").read_text().replace("init: 0", "init: 1")),
        ["run/config.yaml: its seeds is not that of the fit"],
    ),
    "settings without the last lines": (
        lambda f: (f / "config.yaml").write_text((f / "config.yaml").read_text().partition("dropout:")[0]),
        ["run/config.yaml: ", "estore it"],
    ),
    "settings empty": (lambda f: (f / "config.yaml").write_text(""), ["run/config.yaml: does not describe a run"]),
    "settings gone": (lambda f: (f / "config.yaml").unlink(), ["run/config.yaml: cannot be read", "restore it"]),
    "weights cut": (lambda f: half(f / "checkpoint/model.safetensors"), ["run/checkpoint/model.safetensors: "]),
    "weights of another": (
        lambda f: shutil.copy(f / "checkpoint/head.safetensors", f / "checkpoint/model.safetensors"),
        ["run/checkpoint/model.safetensors: the weights do not fit the network"],
    ),
    "weights changed": (lambda f: one_bit(f / "checkpoint/model.safetensors"), ["not the weights that run/fit.json"]),
    "head gone": (lambda f: (f / "checkpoint/head.safetensors").unlink(), ["run/checkpoint/head.safetensors: no such"]),
    "checkpoint gone": (lambda f: shutil.rmtree(f / "checkpoint"), ["run/checkpoint/model.safetensors: no such"]),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_predict_refuses_a_damaged_run(damage: str, finished: Path, work: Path, call: Call) -> None:
    change, said = DAMAGE[damage]
    shutil.copytree(finished, work / "run")
    change(work / "run")
    done = call("predict", "fit=run", *TASK)
    # what was computed before the weights are opened may have been said; no file may have changed
    assert (done.code, done.out, len(done.lines)) == (2, "", 1), done
    assert done.changed <= {"run/.lock"} and "Traceback" not in done.err
    assert [part for part in said if part not in done.lines[0]] == []


def test_predict_takes_the_run_without_damage(finished: Path, work: Path, call: Call) -> None:
    shutil.copytree(finished, work / "run")
    done = call("predict", "fit=run", *TASK)
    assert done.code == 0 and done.lines == [] and "dna_synth" in done.out
    assert set(json.loads((work / "run" / "record.json").read_text())["scores"]) == {"text_match", "dna_synth"}


@pytest.mark.parametrize("fit", ["nowhere", ".", "file"])
def test_predict_refuses_what_is_no_run(fit: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "file").write_text("")
    assert f"fit: {fit} holds no finished run" in refused("predict", f"fit={fit}", *TASK)


@pytest.mark.parametrize("damage", ["record cut", "record of another kind"])
def test_report_refuses_a_damaged_record(damage: str, finished: Path, work: Path, refused: Callable[..., str]) -> None:
    change, said = DAMAGE[damage]
    shutil.copytree(finished, work / "run")
    change(work / "run")
    line = refused("report", ".")
    assert [part for part in said if part not in line] == []


def test_a_run_again_says_what_is_damaged(finished: Path, work: Path, call: Call) -> None:
    """The same command, which would reuse the fit: nothing is trained over what is there."""
    shutil.copytree(finished, work / "runs" / finished.name)
    half(work / "runs" / finished.name / "fit.json")
    done = call("run", *TINY, "name=done")
    assert done.code == 2 and len(done.lines) == 1 and "fit.json: cannot be read as a fit" in done.lines[0]
    assert done.changed <= {f"runs/{finished.name}/.lock"}


@pytest.mark.parametrize(
    ("out", "said"), [("file", "out: file is a file; give a folder"), ("file/x", "cannot be written (Not a directory)")]
)
def test_a_run_that_cannot_be_written(out: str, said: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "file").write_text("")
    assert said in refused("run", *TINY, f"out={out}")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT in a folder, as a user would have one."""
    folder = tmp_path_factory.mktemp("bert")
    tokenizer = characters(64)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=128, num_labels=2, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def not_a_number(folder: Path) -> None:
    model = BertForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        model.bert.embeddings.word_embeddings.weight.fill_(float("nan"))
    model.save_pretrained(folder)


MODELS: dict[str, tuple[Change, str]] = {
    "config gone": (lambda f: (f / "config.json").unlink(), "mine"),
    "config cut": (lambda f: half(f / "config.json"), "mine"),
    "tokenizer cut": (lambda f: half(f / "tokenizer.json"), "mine"),
    "weights gone": (lambda f: (f / "model.safetensors").unlink(), "no model*.safetensors in mine"),
    "weights cut": (lambda f: half(f / "model.safetensors"), "mine"),
    "nothing there": (lambda f: [file.unlink() for file in f.iterdir()], "mine"),
}


def own(folder: str) -> list[str]:
    return ["run", *SMALL, "model=pretrained", "model.name=own", f"model.name_or_path={folder}", "trainer=cpu"]


@pytest.mark.parametrize("damage", MODELS)
def test_a_damaged_model_is_refused(damage: str, bert: Path, work: Path, call: Call) -> None:
    change, said = MODELS[damage]
    shutil.copytree(bert, work / "mine")
    change(work / "mine")
    done = call(*own("mine"), "method.epochs=1")
    assert (done.code, done.out, len(done.lines)) == (2, "", 1), done
    assert said in done.lines[0] and "Traceback" not in done.err
    assert done.changed == set()


def test_a_loss_that_is_no_number_stops_the_run(bert: Path, work: Path, call: Call) -> None:
    shutil.copytree(bert, work / "mine")
    not_a_number(work / "mine")
    done = call(*own("mine"), "method.epochs=1", "method.batch=4", "audit=accept")  # its texts are cut
    assert (done.code, done.out, len(done.lines)) == (2, "", 1), done
    assert "step 0: the loss is nan on the examples train-" in done.lines[0] and "method.lr" in done.lines[0]
    # what a killed run leaves too: its settings and its state, no fit, no score, no record
    assert not [path for path in done.changed if path.endswith((".json", ".parquet", ".md", ".safetensors"))]
