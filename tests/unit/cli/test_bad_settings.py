"""Settings that are wrong: each is one line that names the key and what to do, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.cli.conftest import LITTLE, SMALL, TINY, Call

WRONG: list[tuple[list[str], list[str]]] = [
    # names of sheets
    (["run", "model=tiny", "source=text_mach"], ["task 'text_mach': there is no such sheet", "'text_match'"]),
    (["run", "model=tinny", "source=text_match"], ["model 'tinny': there is no such sheet", "'tiny'"]),
    (["run", *TINY, "target=dna_synth_8"], ["task 'dna_synth_8'", "'dna_synth_80'"]),
    (["run", *TINY, "logger=wandbb"], ["logger 'wandbb'", "'wandb'"]),
    (["run", "experiment=quickstrat"], ["experiment 'quickstrat'", "'quickstart'"]),
    (["build", "task=dna_par", "out=x"], ["task 'dna_par'", "'dna_pair'"]),
    (["predict", "experiment=quickstart"], ["only `exapt run` has experiments"]),
    # keys
    (["run", *TINY, "outt=x"], ["outt: there is no such key", "'out'"]),
    (["run", *TINY, "seeed=1"], ["seeed: there is no such key", "'seed'"]),
    (["run", *TINY, "+extra=1"], ["extra: there is no such key", "source"]),
    (["run", *TINY, "method.epoch=1"], ["method.epoch: there is no such key", "'epochs'"]),
    (["run", *TINY, "model.widht=1"], ["model.widht: there is no such key", "'width'"]),
    (["run", *TINY, "source.trian=4"], ["source.trian: there is no such key", "'train'"]),
    (["run", *TINY, "methd.epochs=1"], ["methd: there is no such key", "'method'"]),
    (["run", *TINY, "seeds.shuffle=1"], ["seeds.shuffle: there is no such seed", "init, order and draw"]),
    (["run", *TINY, "target=dna_synth", "targets.dna_syth.test=4"], ["targets.dna_syth", "target=NAME"]),
    # values
    (["run", *TINY, "seed=abc"], ["seed: Input should be a valid integer", "'abc'"]),
    (["run", *TINY, "seed=1.5"], ["seed: Input should be a valid integer", "1.5"]),
    (["run", *TINY, "seed=-1"], ["seed: seeds lie between 0 and"]),
    (["run", *TINY, "seeds.init=abc"], ["seeds.init: Input should be a valid integer"]),
    (["run", *TINY, "method.lr=x"], ["method.lr: Input should be a valid number", "'x'"]),
    (["run", *TINY, "method.lr=nan"], ["method.lr: nan is out of range"]),
    (["run", *TINY, "method.epochs=0"], ["method.epochs: 0 is out of range"]),
    (["run", *TINY, "method.schedule=foo"], ["method.schedule", "'constant', 'linear' or 'cosine'"]),
    (["run", *TINY, "method.train_examples=100000"], ["method.train_examples: 100000", "has 64"]),
    (["run", *TINY, "method=1"], ["the name of a sheet"]),
    (["run", *TINY, "name=a/b"], ["name: 'a/b' cannot name a folder"]),
    (["run", *TINY, "name=5"], ["name: Input should be a valid string"]),
    (["run", *TINY, "keep_weights=all"], ["keep_weights: Input should be 'best' or 'none'"]),
    (["run", *TINY, "source.train=66"], ["text_match: train is 66 pairs; give a multiple of 4"]),
    (["run", *TINY, "source.test=0"], ["text_match: has no test split; set test to"]),
    (["run", *TINY, "target=text_match"], ["targets.text_match", "give the target another name"]),
    (["run", *TINY, "targets=dna_synth"], ["targets: is no single value; say target=NAME"]),
    (["run", *TINY, "lr=1e-4"], ["lr: there is no such key. Did you mean 'method.lr'?"]),
    (["run", *TINY, "trainer.devices=0"], ["trainer.devices: 0 is out of range"]),
    (["build", "task=dna_pair", "query=a.fa", "against=b.fa", "out=x", "task.length=abc"], ["task.length", "'abc'"]),
    (["build", "task=dna_pair", "query=a.fa", "against=b.fa", "out="], ["out: is empty"]),
    (["build", "task=text_match", "out=x"], ["task=text_match: is not made from biology", "dna_pair"]),
    # what is missing
    (["run"], ["source: is missing; give source=NAME"]),
    (["run", "model=tiny"], ["source: is missing; give source=NAME"]),
    (["run", "source=text_match"], ["model: is missing; give model=NAME"]),
    (["run", *SMALL, "model=pretrained"], ["model.name: is missing; give model.name=VALUE"]),
    (["run", *LITTLE, "source=table"], ["source.path: is missing; give source.path=VALUE"]),
    (["run", *LITTLE, "source=table", "source.path=x.csv"], ["table: labels is missing; give labels={RAW: NAME, "]),
    (["run", *LITTLE, "source=table", "source.path=x.csv", "source.labels={0: a, 1: b}"], ["positive is missing"]),
    (["build", "task=dna_pair", "query=a.fa", "against=b.fa"], ["out: is missing; give out=VALUE"]),
    (["build", "task=dna_pair", "out=x"], ["dna_pair: no query file", "query="]),
    (["build", "out=x"], ["task: is missing; give task=NAME"]),
    (["predict", "task=dna_synth"], ["fit: is missing; give fit=VALUE"]),
    (["predict", "fit=x"], ["task: is missing; give task=NAME"]),
    # words
    (["run", *TINY, "--cfg", "job"], ["--cfg: there is no such option"]),
    (["run", *TINY, "--config-name=build"], ["--config-name=build: there is no such option"]),
    (["run", *TINY, "seed"], ["'seed': is no setting; write KEY=VALUE"]),
    (["run", *TINY, "source.labels={a"], ["source.labels={a: cannot be read", "brackets"]),
    (["run", *TINY, "name=${nothing}"], ["${nothing}: names a key that is not there"]),
    (["run", *TINY, "target=dna_synth_80,dna_synth_65"], ["target=dna_synth_80 target=dna_synth_65"]),
    # several values without -m
    (["run", *TINY, "seed=0,1,2"], ["seed=0,1,2: has several values; add -m"]),
    (["run", "model=tiny,minilm", *SMALL], ["model=tiny,minilm: has several values; add -m"]),
    (["run", *LITTLE, "source=text_match,paws_synth"], ["source=text_match,paws_synth: has several values; add -m"]),
    # no network (tests are offline)
    (["run", *LITTLE, "source=pawsx_en"], ["google-research-datasets/paws-x", "data_dir=FOLDER"]),
    (["run", *LITTLE, "source=pawsx_en", "source.train=12k"], ["train=12k is a local file; give data_dir"]),
    (["run", *TINY, "target=dna_sim_pair_50bp"], ["dnagpt/gene_lan_transfer", "connect to the network"]),
    (["run", *SMALL, "model=gpt2"], ["openai-community/gpt2", "model.name_or_path=DIR"]),
    # the other verbs
    (["report", "--frmat", "csv"], ["report: unrecognized arguments: --frmat"]),
    (["report", ".", "--format", "cvs"], ["--format", "'md', 'csv'"]),
    (["report"], ["runs: no such file or folder"]),
    (["doctor", "foo"], ["doctor: 'foo' is no argument; there is data_dir=DIR"]),
    (["doctor", "data_dir=nowhere"], ["data_dir=nowhere: not a folder"]),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=lambda v: " ".join(v)[-50:])
def test_wrong_settings_are_one_line(arguments: list[str], said: list[str], refused: Callable[..., str]) -> None:
    line = refused(*arguments)
    assert [part for part in said if part not in line] == []
    assert "this should not happen" not in line


def test_a_gpu_that_is_not_there(refused: Callable[..., str]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    assert "torch sees no GPU here" in refused("run", *TINY, "trainer=gpu")


def test_the_traceback_is_shown_on_demand(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setenv("EXAPT_DEBUG", "1")
    for arguments in (["rnu"], ["run", *TINY, "seed=abc"], ["run", *TINY, "outt=x"], ["report"]):
        said = call(*arguments)
        assert said.code == 2 and said.changed == set()
        assert "Traceback (most recent call last)" in said.err and len(said.lines) == 1


@pytest.mark.parametrize(
    "word", ["name=two words", "name=a=b", "name=ä(1)", "data_dir=~/my data", "source.name=x#1", "name='a,b'"]
)
def test_odd_values_arrive(word: str, call: Call) -> None:
    """Values that Hydra's grammar takes amiss are settings like any other: what is refused here is another key."""
    said = call("run", *TINY, word, "method.epochs=0")
    assert (said.code, said.changed) == (2, set())
    assert said.lines == ["exapt: method.epochs: 0 is out of range (1 to 10000)."]
