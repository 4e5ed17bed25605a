"""Identity field by field against its two lists; settings as text that builds the same objects again, nothing else."""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.utils import instantiate
from omegaconf import OmegaConf

from exapt.errors import BadInput
from exapt.learning import trackers
from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.study.provenance import (
    IDENTITY,
    NOT_IDENTITY,
    build,
    code,
    settings_of,
    versions,
    weights_digest,
    without_secrets,
)
from exapt.study.run import Run
from exapt.tasks.shuffled import ShuffledLabels
from exapt.tasks.text_match import TextMatch
from tests.contract.test_configs import SHEETS, sheet_of
from tests.unit.study.conftest import DNA, small

SEEDS = {"init": 1, "order": 2, "draw": 3}
# one other value for every field of a class; a field without one here fails the test that looks for it
OTHER: dict[type, dict[str, Any]] = {
    Run: {
        "model": Scratch(name="small", layers=1, width=32, heads=2),
        "source": TextMatch(length=24, train=64, dev=32, test=32, seed=1),
        "method": Method(epochs=1, batch=16, lr=1e-3, precision="32-true"),
        "trainer": Devices(accelerator="auto", save_every=1.0),
        "targets": {},
        "logger": trackers.csv,
        "name": "other",
        "arm": "permuted_labels",
        "seed": 9,
        "seeds": SEEDS | {"order": 9},
        "data_dir": "elsewhere",
        "out": "elsewhere",
        "audit": "accept",
        "strict_tokens": True,
        "keep_weights": "none",
    },
    Method: {
        "epochs": 2, "batch": 8, "lr": 1e-3, "schedule": "cosine", "warmup": 0.2, "weight_decay": 0.1, "clip": None,
        "dropout": 0.2, "max_length": 200, "select": "loss", "patience": 3, "keep_epoch": 1, "precision": "bf16-mixed",
        "train_examples": 32,
    },
    Scratch: {"name": "other", "layers": 2, "width": 32, "heads": 1, "max_length": 128, "pair": "joint"},
    TextMatch: {
        "name": "other", "signal": ["edit"], "labels": ["no", "match"], "positive": "different",
        "train": 60, "dev": 28, "test": 28, "seed": 1, "length": 25, "low": 0.1, "high": 0.3, "levels": [0.1, 0.2],
    },
    Devices: {"accelerator": "auto", "devices": 2, "nodes": 2, "progress": True, "save_every": 1.0},
}  # fmt: skip
# the size of the test split and names do not reach a fit
NO_NUMBER = {Scratch: {"name"}, TextMatch: {"name", "test", "signal"}, Devices: set(OTHER[Devices]), Method: set[str]()}


def key(run: Run) -> str:
    encoder = run.encoder()
    return run.identify(run._train(encoder).data, encoder.material(run.source, "dev").data)[0]


def base(**changed: Any) -> Run:
    return dataclasses.replace(small(Path("runs"), seeds=SEEDS), **changed)


def names(kind: Any) -> set[str]:
    return {f.name for f in dataclasses.fields(kind)}


def test_every_setting_of_a_run_is_on_one_list() -> None:
    assert set(IDENTITY) & set(NOT_IDENTITY) == set()
    # precision is resolved from method and trainer
    assert (set(IDENTITY) - {"precision"}) | set(NOT_IDENTITY) == names(Run)


@pytest.mark.parametrize("field", sorted(f.name for f in dataclasses.fields(Run)))  # type: ignore[arg-type]
def test_a_setting_changes_the_identity_if_and_only_if_it_is_on_the_list(field: str) -> None:
    value = OTHER[Run][field]
    assert value != getattr(base(), field)
    assert (key(base(**{field: value})) != key(base())) == (field in IDENTITY)


@pytest.mark.parametrize(
    ("place", "kind", "field"),
    [
        (place, kind, field)
        for place, kind in (("method", Method), ("model", Scratch), ("source", TextMatch), ("trainer", Devices))
        for field in sorted(names(kind))
    ],
)
def test_a_part_changes_the_identity_unless_it_changes_no_number(place: str, kind: type, field: str) -> None:
    run = base()
    changed = dataclasses.replace(getattr(run, place), **{field: OTHER[kind][field]})
    assert changed != getattr(run, place)
    assert (key(base(**{place: changed})) != key(run)) == (field not in NO_NUMBER[kind])


@pytest.mark.parametrize("field", sorted(SEEDS))
def test_every_seed_is_part_of_the_identity(field: str) -> None:
    assert key(base(seeds=SEEDS | {field: 77})) != key(base())


def test_a_seed_stands_for_those_that_are_not_given() -> None:
    assert key(base(seeds=None, seed=4)) == key(base(seeds=dict.fromkeys(SEEDS, 4), seed=0))
    assert key(base(seeds={"order": 5}, seed=4)) == key(base(seeds={"init": 4, "order": 5, "draw": 4}))
    assert key(base(seeds=None, seed=4)) != key(base(seeds=None, seed=5))


def test_auto_precision_is_what_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from exapt.learning import method

    def of(precision: str) -> str:
        return key(small(Path("runs"), method={"precision": precision}))

    for has, means in ((True, "bf16-mixed"), (False, "32-true")):
        monkeypatch.setattr(method, "_cpu_has_bf16", lambda has=has: has)
        assert of("auto") == of(means)
    assert of("bf16-mixed") != of("32-true")


def test_targets_are_not_part_of_a_fit() -> None:
    assert key(base(targets={"a": DNA, "b": DNA})) == key(base(targets={}))


def test_shuffled_labels_make_another_fit() -> None:
    assert key(base(source=ShuffledLabels(task=base().source))) != key(base())


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_settings_as_text_build_the_same_object_again(path: Path) -> None:
    root = OmegaConf.create({"data_dir": None, "seed": 7, "it": sheet_of(path)})
    form = {place.rsplit(".", 1)[-1] for place in OmegaConf.missing_keys(root)}
    if form and path.parent.name == "task":
        pytest.skip("a form for data of the user's, which its class looks at")
    for field in form:
        root.it[field] = "mine"
    made = instantiate(root.it, _convert_="all")
    text = yaml.safe_dump(settings_of(made))
    again = build(yaml.safe_load(text))
    if isinstance(made, functools.partial):
        assert (again.func, again.keywords) == (made.func, made.keywords)
    else:
        assert type(again) is type(made)
        assert again == made
    assert settings_of(again) == yaml.safe_load(text)


def test_a_whole_run_is_built_again() -> None:
    run = base(
        source=ShuffledLabels(task=TextMatch(length=24, train=64, dev=32, test=32), seed=2),
        logger=functools.partial(trackers.mlflow, experiment="e", store=None),
        model=Pretrained(name="m", name_or_path="somewhere", revision="main"),
        method=Method(lr=1e-5, clip=None, dropout=0.1),
    )
    again = build(json.loads(json.dumps(settings_of(run))))
    assert isinstance(again, Run)
    fields = names(Run) - {"logger"}
    assert {f: getattr(again, f) for f in fields} == {f: getattr(run, f) for f in fields}
    assert again.logger is not None
    assert key(dataclasses.replace(again, model=base().model)) == key(dataclasses.replace(run, model=base().model))


def test_what_is_no_setting_is_not_written() -> None:
    with pytest.raises(TypeError, match="set is no settings class"):
        settings_of({"a": {1, 2}})


@pytest.mark.parametrize(
    "target",
    [
        "os.system", "builtins.eval", "exaptation.thing.Run", "exapt.study.folder.os", "exapt.study.fitting.shutil",
        "exapt.study.folder.yaml.unsafe_load", "exapt.models.pretrained.snapshot_download", "exapt.files.write_json",
        "exapt.cli.main.main", "exapt.study.run.Nothing", "exapt.nothing.Run", "Run", "",
    ],
)  # fmt: skip
def test_only_settings_of_exapt_are_built(target: str) -> None:
    with pytest.raises(BadInput, match="only those are built from a run's folder") as caught:
        build({"_target_": target, "command": "true"})
    assert "\n" not in str(caught.value)


def test_settings_of_another_version_are_one_line() -> None:
    with pytest.raises(BadInput, match="Method: speed: there is no such key"):
        build({"_target_": "exapt.learning.method.Method", "speed": 3})
    with pytest.raises(BadInput, match=r"method\.epochs: 0 is out of range"):
        build({"_target_": "exapt.learning.method.Method", "epochs": 0})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql://ada:secret@db.example/x", "postgresql://ada:***@db.example/x"),
        ("https://:token@host", "https://:***@host"),
        ("sqlite:////data/mlflow.db", "sqlite:////data/mlflow.db"),
        ("https://host:5000/a@b", "https://host:5000/a@b"),
        ("runs/a:b@c", "runs/a:b@c"),
    ],
)
def test_passwords_of_addresses_are_left_out(given: str, kept: str) -> None:
    assert without_secrets({"a": [given, 1, None], "b": {"c": given}}) == {"a": [kept, 1, None], "b": {"c": kept}}


def test_versions_name_what_makes_the_numbers() -> None:
    assert {"exapt", "python", "torch", "transformers", "numpy"} <= set(versions())
    assert all(versions().values())


def test_the_code_of_some_rooms_is_told_by_itself() -> None:
    assert len({code(), code("audit"), code("features"), code("audit", "features")}) == 4
    assert code("audit", "features") == code("features", "audit") and code("findings") != code("nothing")


def test_the_digest_of_weights_sees_names_and_bytes(tmp_path: Path) -> None:
    def digest(**files: bytes) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_bytes(content)
        return weights_digest(folder)

    one = digest(a_safetensors=b"1", b_safetensors=b"2")
    assert digest(b_safetensors=b"2", a_safetensors=b"1", config_json=b"{}") == one
    assert len({one, digest(a_safetensors=b"1"), digest(a_safetensors=b"2", b_safetensors=b"1"), digest()}) == 4
