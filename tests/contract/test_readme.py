"""The README's map is true in both directions, and its commands exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from exapt.cli.claim import compose as claim
from exapt.cli.claim import parse
from exapt.cli.words import SWEEP, hydra_words

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
UNSEEN = {"__pycache__", "__init__.py", "py.typed"}
PLAIN = {"git", "cd", "pip", "python", "python3", "source"}


def entries() -> dict[str, str]:
    """Path to meaning, for every line of the map."""
    section = README.split("## Map", 1)[1]
    block = section.split("```text\n", 1)[1].split("```", 1)[0]
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in block.splitlines():
        match = re.fullmatch(r"( *)(\S+)(?: {2,}(\S.*))?", line)
        assert match, f"not a line of the map: {line!r}"
        indent, name, meaning = len(match[1]), match[2], match[3] or ""
        while above and above[-1][0] >= indent:
            above.pop()
        path = "".join(parent for _, parent in above) + name
        found[path] = meaning
        if name.endswith("/"):
            above.append((indent, name))
    return found


def commands() -> list[str]:
    blocks = re.findall(r"```(?:bash|sh|console)\n(.*?)```", README, flags=re.DOTALL)
    joined = "\n".join(blocks).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]


def rooms(folder: str) -> set[str]:
    """Files and rooms with something in them, at the top of a folder."""
    found = set()
    for path in (ROOT / folder).iterdir():
        if path.name in UNSEEN or path.name.startswith("."):
            continue
        if path.is_file():
            found.add(f"{folder}/{path.name}")
        elif any(inner.is_file() and inner.suffix in {".py", ".yaml"} for inner in path.rglob("*")):
            found.add(f"{folder}/{path.name}/")
    return found


def test_the_map_names_every_room_and_file() -> None:
    for folder in ("src/exapt", "conf"):
        assert rooms(folder) - set(entries()) == set()


def test_the_map_names_nothing_that_is_not_there() -> None:
    for path, meaning in entries().items():
        place = ROOT / path
        assert place.is_dir() if path.endswith("/") else place.is_file(), f"{path} is on the map and not there"
        assert meaning or path == "src/exapt/", f"{path} has no meaning on the map"


def test_every_command_starts_with_a_known_verb_or_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.MULTILINE))
    out = subprocess.run(
        [sys.executable, "-m", "exapt.cli.main", "--help"], capture_output=True, text=True, check=True
    ).stdout
    verbs = set(re.findall(r"^ *(?:exapt )?([a-z]+) {2,}\S", out, flags=re.MULTILINE))
    assert {"run", "predict", "build", "audit", "report", "doctor"} <= verbs
    assert len(commands()) >= 4
    for line in commands():
        program, *rest = shlex.split(line)
        if program == "make":
            assert set(rest) <= targets, line
        elif program == "exapt":
            assert rest and rest[0] in verbs, line
        else:
            assert program in PLAIN, line


WORKS = [
    shlex.split(line)[1:]
    for line in commands()
    if line.startswith(("exapt run ", "exapt predict ", "exapt build ", "exapt audit "))
]


@pytest.mark.parametrize("words", WORKS, ids=lambda words: " ".join(words)[:50])
def test_every_command_names_sheets_and_keys_that_are_there(words: list[str]) -> None:
    """Composed and built, not executed; of several values the first."""
    verb, *rest = words
    sweep = set(rest) & set(SWEEP)
    overrides = [hydra_words(verb, w.split(",")[0] if sweep else w) for w in rest if w not in SWEEP]
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        made = instantiate(compose(verb, overrides=overrides), _convert_="all")
    assert callable(made.execute)


CLAIMS = [shlex.split(line)[2:] for line in commands() if line.startswith("exapt claim ")]


@pytest.mark.parametrize("words", CLAIMS, ids=lambda words: " ".join(words)[:50])
def test_every_claim_of_a_command_can_be_made(words: list[str]) -> None:
    asked = parse(words)
    assert all(claim(name, asked.words).targets for name in asked.names)


def test_the_two_commands_stand_in_the_readme() -> None:
    assert {"make quickstart", "make test"} <= set(commands())
