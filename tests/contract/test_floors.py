"""Imports go down only; libraries stay in their rooms; files are short, say what they are for, and have a name."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "exapt"
FILES = sorted(SRC.rglob("*.py"))

FLOORS = {
    **dict.fromkeys(
        (
            "__init__",
            "errors",
            "settings",
            "files",
            "estimates",
            "findings",
            "example",
            "sequences",
            "record",
            "cache",
            "ruling",
            "testimony",
            "trials",
        ),
        0,
    ),
    **dict.fromkeys(("builders", "tasks", "features", "evaluation"), 1),
    **dict.fromkeys(("models", "tokenizers"), 2),
    **dict.fromkeys(("data", "audit"), 3),
    "learning": 4,
    **dict.fromkeys(("study", "analysis", "report"), 5),
    "cli": 6,
}
# A loaded model comes with its tokenizer repaired; a run leaves its report; the auditor reads tokens as training does.
SIDEWAYS = {("tasks", "builders"), ("models", "tokenizers"), ("study", "report"), ("audit", "data")}
REPORT_READS = {"evaluation", "report"}

# None: nowhere, it arrives by `_target_`.
HOMES: dict[str, set[str]] = {
    "hydra": {"cli"},
    "omegaconf": {"cli"},
    "transformers": {"models", "tokenizers"},
    "Bio": {"sequences", "builders", "features"},
    "datasets": {"tasks", "data"},
    "pytorch_lightning": {"data", "learning", "study"},
    **{name: {"features", "evaluation", "audit", "analysis", "study"} for name in ("sklearn", "scipy", "statsmodels")},
    "gensim": {"models"},
    "wandb": set(),
    "torch": {room for room, floor in FLOORS.items() if floor >= 2 and room != "report"},
}
LONG: dict[str, str] = {}  # path under src/exapt: why it is one file although above 250 lines


def room(file: Path) -> str:
    return file.relative_to(SRC).parts[0].removesuffix(".py")


def imports(source: str) -> Iterator[tuple[int, str, bool]]:
    """Line, dotted name and whether the import stands inside a function, for every import of a file."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(f)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, id(node) in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (
                (node.lineno, f"{base}.{alias.name}" if base == "exapt" else base, id(node) in inside)
                for alias in node.names
            )


def faults(here: str, source: str) -> list[str]:
    """What the imports of a file in room `here` break."""
    found = []
    for line, name, _ in imports(source):
        top, *rest = name.split(".")
        if top == "":
            found.append(f"{line}: relative import {name}")
        elif top == "exapt":
            name_of = rest[0] if rest else "__init__"
            there = "__init__" if name_of == "__version__" else name_of if name_of in FLOORS else None
            if there is None:
                found.append(f"{line}: {name} is on no floor")
            elif here == "report":
                if FLOORS[there] > 0 and there not in REPORT_READS:
                    found.append(f"{line}: report reads records only, not {there}")
            elif there != here and FLOORS[there] >= max(FLOORS[here], 1) and (here, there) not in SIDEWAYS:
                found.append(f"{line}: {here} (floor {FLOORS[here]}) imports {there} (floor {FLOORS[there]})")
        elif here not in HOMES.get(top, {here}):
            found.append(f"{line}: {top} is not at home in {here}")
    return found


def test_there_are_files_to_check() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SRC)))
def test_imports_go_down_only(file: Path) -> None:
    assert room(file) in FLOORS, f"{file} is in no room of ARCHITECTURE.md"
    assert faults(room(file), file.read_text()) == []


@pytest.mark.parametrize(
    ("here", "source"),
    [
        ("tasks", "from exapt.models.pretrained import Pretrained"),
        ("tasks", "import torch"),
        ("tasks", "from exapt import nowhere"),
        ("evaluation", "from exapt import learning"),
        ("evaluation", "from exapt.features import lengths"),
        ("example", "from exapt.tasks.task import Task"),
        ("learning", "def f():\n    import hydra"),
        ("study", "from hydra.utils import instantiate"),
        ("report", "import exapt.study.run"),
        ("report", "import torch.nn as nn"),
        ("models", "from Bio.Seq import Seq"),
        ("learning", "import wandb"),
        ("learning", "from . import fit"),
        ("study", "from exapt.cli.main import main"),
    ],
)
def test_the_check_sees_a_broken_floor(here: str, source: str) -> None:
    assert len(faults(here, source)) == 1


@pytest.mark.parametrize(
    ("here", "source"),
    [
        ("tasks", "from exapt.builders.blast import search"),
        ("record", "from exapt.errors import BadInput"),
        ("builders", "import exapt"),
        ("report", "from exapt.evaluation.scores import auroc"),
        ("study", "from exapt.report.card import card"),
        ("cli", "import hydra\nimport torch\nfrom exapt import __version__"),
    ],
)
def test_the_check_lets_a_drawn_import_pass(here: str, source: str) -> None:
    assert faults(here, source) == []


def test_every_imported_library_is_declared() -> None:
    """Core dependencies anywhere; a library of an extra only inside the function that needs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(requirements: list[str]) -> set[str]:
        found = (re.match(r"[A-Za-z0-9._-]+", text) for text in requirements)
        return {re.sub(r"[-_.]+", "-", match.group()).lower() for match in found if match}

    core = names(project["dependencies"])
    extras = names([text for group in project["optional-dependencies"].values() for text in group])
    owners = packages_distributions()
    wrong = []
    for file in FILES:
        for line, name, lazy in imports(file.read_text()):
            top = name.split(".")[0]
            if top == "exapt" or top in sys.stdlib_module_names:
                continue
            owned = {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners.get(top, [])}
            if not owned & core and not (lazy and (owned & extras or top not in owners)):
                wrong.append(f"{file.relative_to(ROOT)}:{line}: {top} is no core dependency")
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SRC)))
def test_files_are_short_named_and_say_what_they_are_for(file: Path) -> None:
    text = file.read_text()
    assert text.startswith('"""') and ast.get_docstring(ast.parse(text)), "the first line says what the file is for"
    assert text.count("\n") <= 250 or str(file.relative_to(SRC)) in LONG, "a file above 250 lines wants to be two"
    assert not {*file.relative_to(SRC).with_suffix("").parts} & {"utils", "common", "helpers", "misc"}


def test_exceptions_are_still_needed() -> None:
    for name in LONG:
        assert (SRC / name).read_text().count("\n") > 250, f"{name} is short now: take it off the list"
