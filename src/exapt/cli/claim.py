"""`exapt claim`: composes claims by name, runs what is not finished (here or through a launcher), and judges."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exapt.cli.built import built
from exapt.cli.words import hydra_words
from exapt.errors import BadInput, did_you_mean

if TYPE_CHECKING:
    from exapt.study.claim import Claim

FLAGS = ("--plan", "--budget", "--self-test", "--calibrate")
WORKERS = "workers"


@dataclass
class Asked:
    """The words of a command line.

    Attributes:
        names: Claims, as sheets under conf/claim.
        words: Settings that hold for all of them.
        plan: Whether only the plan is wanted.
        budget: Seconds; None without a limit.
        workers: Processes that share the cells.
    """

    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    plan: bool = False
    budget: float | None = None
    workers: int = 1


def command(arguments: list[str]) -> int:
    """Run the verb.

    Args:
        arguments: The words behind `exapt claim`.

    Returns:
        0 if a verdict stands for every claim, 2 if one was not run for a fault that the user can mend.

    Raises:
        BadInput: For an unknown claim or setting, or a fault that stops the only claim.
    """
    from exapt.cli.launch import speak

    speak()
    asked = parse(arguments)
    claims = [compose(name, asked.words) for name in asked.names]
    if asked.plan or asked.budget is not None:
        from exapt.study.plan_page import plans_page
        from exapt.study.planning import narrow, plan_of

        known: dict[str, str] = {}
        plans = [plan_of(claim, known) for claim in claims]
        left: dict[str, Any] = {}
        if asked.budget is not None:
            for place, plan in enumerate(plans):
                claims[place], left[plan.claim.name] = narrow(plan, asked.budget / len(plans))
        if not asked.plan:
            return _run(claims, asked, left)
        if asked.budget is not None:
            plans = [plan_of(claim, known) for claim in claims]
        print(plans_page(plans), flush=True)
        for name, parts in left.items():
            print(f"claim {name}: left out by --budget: {', '.join(parts) or 'nothing'}", flush=True)
        return 0
    return _run(claims, asked, {})


def parse(arguments: Sequence[str]) -> Asked:
    """The words of a command line; names may be patterns, as in `'linguists_dna/*'`."""
    asked, words = Asked(), iter(arguments)
    known = {"--plan", "--budget"}
    for word in arguments:
        if word.startswith("-") and word.partition("=")[0] not in known:
            hint = did_you_mean(word.partition("=")[0], FLAGS)
            raise BadInput(f"claim: {word}: there is no such option; there is {', '.join(FLAGS)} and --help.{hint}")
    for word in words:
        if word == "--plan":
            asked.plan = True
        elif word == "--budget" or word.startswith("--budget="):
            asked.budget = _seconds(word.partition("=")[2] or next(words, ""))
        elif word.startswith(f"{WORKERS}="):
            asked.workers = _count(word.partition("=")[2])
        elif "=" in word or word.startswith(("-", "~")):
            asked.words.append(word)
        else:
            asked.names += _named(word)
    if not asked.names:
        raise BadInput(f"claim: name one: {', '.join(_families(sheets()))}.")
    asked.names = list(dict.fromkeys(asked.names))
    return asked


def sheets() -> list[str]:
    """The names of all claims; what several of them share lies in folders that begin with `_` and is none."""
    from exapt.cli.launch import conf_dir

    folder = conf_dir() / "claim"
    found = [sheet.relative_to(folder).with_suffix("") for sheet in folder.rglob("*.yaml")]
    return sorted(str(sheet) for sheet in found if not any(part.startswith("_") for part in sheet.parts))


def compose(name: str, words: Sequence[str]) -> Claim:
    """The claim of a name, with settings changed."""
    claim: Claim = built(_config(name, words))
    return claim


def _config(name: str, words: Sequence[str]) -> Any:
    import hydra
    from omegaconf import OmegaConf

    from exapt.cli.launch import conf_dir

    os.environ["HYDRA_FULL_ERROR"] = "1"
    sheet = conf_dir() / "claim" / f"{name}.yaml"
    _check_sheet(sheet)
    said = [f"claim@_global_={name}", *(hydra_words("claim", w) for w in words if not w.startswith("hydra"))]
    with hydra.initialize_config_dir(str(conf_dir()), version_base="1.3"):
        config = hydra.compose("claim", overrides=said)
    OmegaConf.resolve(config)
    missing = sorted(OmegaConf.missing_keys(config))
    if missing:
        raise BadInput(f"{missing[0]}: is missing; write it into {sheet}, or give {missing[0]}=VALUE.")
    folder = config.get("data_dir")
    if folder is not None and not Path(str(folder)).is_dir():
        raise BadInput(f"data_dir={folder}: there is no such folder.")
    return config


def _check_sheet(sheet: Path) -> None:
    """Whether a claim's sheet is a mapping: Hydra takes an empty one for a claim that says nothing."""
    import yaml

    with sheet.open("rb") as stream:  # an error then names the file
        held = yaml.safe_load(stream)
    if not isinstance(held, dict):
        what = "is empty" if held is None else "holds no settings"
        raise BadInput(f"{sheet}: {what}; write KEY: VALUE lines, or begin with a copy of quickstart.yaml.")


def _run(claims: Sequence[Claim], asked: Asked, left_out: dict[str, Any]) -> int:
    from exapt.cli.launch import execute
    from exapt.report.card_short import short
    from exapt.study.claiming import Files, look, work
    from exapt.study.judging import rule, write_verdicts

    files, several, code = Files(), [], 0
    for name, claim in zip(asked.names, claims, strict=True):
        if asked.workers > 1 or any(word.startswith("hydra/launcher=") for word in asked.words):
            code = max(code, _shared(name, claim, asked))
            several.append(look(claim, files))
        elif not claim.trainer.launched:
            outcome = execute(_config(name, _narrowed(claim, asked)))
            outcome.tell()
            code = max(code, outcome.code)
            several.append(look(claim, files))
        else:
            several.append(work(claim, files))
    if any(claim.trainer.rank for claim in claims):  # one process of a group speaks
        return 0
    rulings = rule(several, left_out)
    folders = write_verdicts(several, rulings)
    for found, folder in zip(rulings, folders, strict=True):
        if folder is not None:
            print(f"\n{short(found)}\n\nverdict: {folder / 'verdict.md'}", flush=True)
    if any(target.verdict == "not run" for found in rulings for target in found.targets):
        code = max(code, 2)
    faults = [fault for worked in several for fault in worked.faults.values()]
    if faults and len(several) == 1:
        raise BadInput(faults[0])
    return 2 if faults else code


def _shared(name: str, claim: Claim, asked: Asked) -> int:
    """Several processes, which Hydra's launcher starts, here or on a cluster; each takes cells that are free."""
    from exapt.cli.launch import launch

    words = _narrowed(claim, asked)
    if not any(word.startswith("hydra/launcher=") for word in words):
        words += ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={asked.workers}"]
    numbers = ",".join(map(str, range(max(asked.workers, 1))))
    return launch("claim", [f"claim@_global_={name}", *words, f"worker={numbers}", "-m"])


def _narrowed(claim: Claim, asked: Asked) -> list[str]:
    """The words for another process, which may not do more than a budget leaves."""
    return [*asked.words, f"rungs=[{','.join(claim.rungs)}]", f"seeds.count={claim.seeds.count}"]


def _named(word: str) -> list[str]:
    known = sheets()
    found = fnmatch.filter(known, word)
    if found:
        return found
    family = f"{word.rstrip('/')}/"
    if any(name.startswith(family) for name in known):
        raise BadInput(f"claim '{word}': is a family of claims; say '{family}*' (in quotes).")
    if set(word) & set("*?["):
        raise BadInput(f"claim '{word}': no claim is called like that; there is {', '.join(_families(known))}.")
    name = word.removesuffix(".yaml").partition("conf/claim/")[2] or word.removesuffix(".yaml")
    raise BadInput(f"claim '{word}': there is no such claim.{did_you_mean(name, known)}")


def _families(known: Sequence[str]) -> list[str]:
    """The names, those of a folder as a pattern."""
    return list(dict.fromkeys(f"{name.partition('/')[0]}/*" if "/" in name else name for name in known))


def _seconds(text: str) -> float:
    units = {"s": 1, "min": 60, "h": 3600}
    for unit in ("min", "h", "s"):
        number = text.removesuffix(unit)
        if number != text and number.replace(".", "", 1).isdecimal() and float(number) > 0:
            return float(number) * units[unit]
    raise BadInput(f"--budget {text or '(nothing)'}: give a time above 0, as in 30min, 2h or 90s.")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise BadInput(f"{WORKERS}={text}: give a number from 1 to 1000.")
    return int(text)
