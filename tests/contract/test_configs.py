"""Every sheet composes and its target takes its keys; experiments run dry; every task names its positive class."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import get_object, instantiate
from omegaconf import DictConfig, ListConfig, OmegaConf

from exapt.cli.claim import compose as compose_claim
from exapt.cli.claim import sheets
from exapt.cli.words import hydra_words
from exapt.study.run import Run
from exapt.tasks.task import Task

CONF = Path(__file__).resolve().parents[2] / "conf"
ROOTS = sorted(CONF.glob("*.yaml"))
SHEETS = sorted(sheet for sheet in CONF.glob("*/*.yaml") if sheet.parent.name not in ("experiment", "claim"))
EXPERIMENTS = sorted(CONF.glob("experiment/*/*.yaml"))
CLAIMS = sheets()
PAPERS = ("linguists_dna", "central_dogma", "biopaws")
OURS = {"_target_", "_partial_", "_convert_", "_recursive_", "_args_"}


def composed(name: str, *overrides: str) -> DictConfig:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose(name, overrides=list(overrides))


def sheet_of(path: Path) -> DictConfig:
    """A sheet with its defaults filled in, alone."""
    config = composed(f"{path.parent.name}/{path.stem}")
    inner = config.get(path.parent.name) if "_target_" not in config else config
    return config if inner is None else inner


def targets(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and raw content of every mapping with a `_target_`, without resolving anything."""
    if isinstance(node, DictConfig):
        content = (
            {str(key): node._get_node(key) for key in node} if not node._is_missing() and not node._is_none() else {}
        )
        if "_target_" in content:
            yield place, content
        for key, value in content.items():
            yield from targets(value, f"{place}.{key}" if place else key)
    elif isinstance(node, ListConfig) and not node._is_missing() and not node._is_none():
        for index in range(len(node)):
            yield from targets(node._get_node(index), f"{place}[{index}]")


def refused(content: dict[str, Any]) -> str | None:
    """Why a target does not take the keys of its sheet, or None."""
    target = get_object(str(content["_target_"]._value()))
    keys = {key: None for key in content if key not in OURS}
    partial = "_partial_" in content and content["_partial_"]._value() is True
    try:
        signature = inspect.signature(target)
        signature.bind_partial(**keys) if partial or "_args_" in content else signature.bind(**keys)
    except TypeError as error:
        return str(error)
    return None


def test_there_are_sheets_to_check() -> None:
    assert {"run.yaml", "build.yaml"} <= {path.name for path in ROOTS}
    assert {"task", "model", "method", "trainer", "logger"} <= {path.parent.name for path in SHEETS}
    assert "quickstart" in {path.stem for path in EXPERIMENTS}


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_target_takes_the_keys_of_its_sheet(path: Path) -> None:
    found = list(targets(sheet_of(path)))
    assert found or path.stem in {"none", "null"}, f"{path} names nothing to make"
    assert {place: fault for place, content in found if (fault := refused(content))} == {}


def test_the_check_sees_a_key_that_nobody_reads() -> None:
    sheet = OmegaConf.create({"_target_": "exapt.example.LabelSpace", "names": ["a", "b"], "positive": "b"})
    ((_, content),) = targets(sheet)
    assert refused(content) is None
    ((_, content),) = targets(OmegaConf.create({**sheet, "positiv": "b"}))
    assert "positiv" in str(refused(content))
    ((_, content),) = targets(OmegaConf.create({"_target_": "exapt.example.LabelSpace", "names": ["a", "b"]}))
    assert "positive" in str(refused(content))


@pytest.mark.parametrize("path", ROOTS, ids=lambda p: p.stem)
def test_a_root_holds_exactly_the_arguments_of_what_it_names(path: Path) -> None:
    root = OmegaConf.load(path)
    assert isinstance(root, DictConfig)
    given = {str(key) for key in root} - OURS - {"defaults", "hydra"}
    # groups of the defaults list are keys too: `- model: tiny`, `- task@source: text_match`
    for entry in root.get("defaults", []):
        if isinstance(entry, DictConfig):
            option = str(next(iter(entry))).removeprefix("override ").removeprefix("optional ")
            group, _, package = option.partition("@")
            if group.startswith(("hydra", "/hydra", "experiment", "claim")) or package == "_global_":
                continue
            given.add((package or group).split(".")[0].split("/")[-1])
    assert given == set(inspect.signature(get_object(root["_target_"])).parameters)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_experiment_passes_a_dry_run(path: Path) -> None:
    run = instantiate(
        composed(path.parent.name, hydra_words(path.parent.name, f"experiment={path.stem}")), _convert_="all"
    )
    assert isinstance(run, Run)
    assert run.targets


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_passes_a_dry_run(name: str) -> None:
    claim = compose_claim(name, [])
    assert claim.name == name, "a claim is called by its place"
    assert claim.statement.endswith(".") and claim.targets and claim.rungs
    assert (claim.publication is not None) == (name.split("/")[0] in PAPERS), "a claim of a paper says where it stands"


TASKS = [path for path in SHEETS if path.parent.name == "task"]


@pytest.mark.parametrize("path", TASKS, ids=lambda p: p.stem)
def test_every_task_says_which_class_answers_to_the_positive_one(path: Path) -> None:
    """In the sheet itself, where it is read before any run; and the task made from it agrees."""
    sheet = OmegaConf.create({"data_dir": None, "seed": 7, "task": sheet_of(path)}).task
    assert "positive" in sheet.keys(), f"{path}: no `positive`"  # noqa: SIM118 (`in sheet` is false for ???)
    if OmegaConf.missing_keys(sheet):
        return  # a form for the user to fill in: hub, table
    task = instantiate(sheet, _convert_="all")
    assert isinstance(task, Task)
    assert task.space.positive == sheet.positive
    assert task.name


MADE = [path for path in SHEETS if path.parent.name in {"model", "method"}]


@pytest.mark.parametrize("path", MADE, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_models_and_methods_are_made_with_the_right_types(path: Path) -> None:
    sheet = sheet_of(path)
    if missing := OmegaConf.missing_keys(sheet):
        # a form for any model of the user's: with the names filled in it is one
        names = {key.rsplit(".", 1)[-1] for key in missing}
        assert names == {"name", "name_or_path"}
        sheet = OmegaConf.merge(sheet, dict.fromkeys(names, "mine"))
    assert instantiate(sheet, _convert_="all") is not None
