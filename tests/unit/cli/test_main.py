"""The verbs' frame: help that is quick and true, exit codes, an interrupt, a reader that leaves."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from exapt import __version__
from exapt.cli import main as module
from exapt.cli.claim import compose as compose_claim
from exapt.cli.claim import parse
from exapt.cli.launch import conf_dir
from exapt.cli.main import EXAMPLES, VERBS, main
from exapt.cli.words import SWEEP, hydra_words
from exapt.study.claim import Claim
from exapt.study.predict import Predict
from exapt.study.run import Run
from tests.unit.cli.conftest import Call

HEAVY = (
    "torch",
    "transformers",
    "hydra",
    "omegaconf",
    "pandas",
    "numpy",
    "pytorch_lightning",
    "pydantic",
    "matplotlib",
)
CONF = Path(__file__).resolve().parents[3] / "conf"


def imported(*arguments: str) -> set[str]:
    """The heavy libraries that a call of the command line imports."""
    code = (
        f"import sys; from exapt.cli.main import main; main({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(HEAVY) & set(done.stderr.split())


def test_help_imports_nothing_heavy() -> None:
    assert imported("--help") == set()
    assert imported("--version") == set()


def test_the_check_sees_a_heavy_import() -> None:
    assert "pydantic" in imported("report", "--frmat")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_usage_names_every_verb(arguments: list[str], call: Call) -> None:
    said = call(*arguments)
    assert (said.code, said.err, said.changed) == (0, "", set())
    assert all(re.search(rf"^  {verb} +\S", said.out, flags=re.MULTILINE) for verb in VERBS)


def test_version(call: Call) -> None:
    assert call("--version").out == f"exapt {__version__}\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, call: Call) -> None:
    said = call(verb, "model=none", "--help")
    assert (said.code, said.err, said.changed) == (0, "", set())
    assert f"exapt {verb}: {VERBS[verb]}" in said.out and f"\n  exapt {verb}" in said.out
    assert max(map(len, said.out.split("\n\n")[0].splitlines())) <= 100


def test_words_behind_help_ask_for_the_keys_of_a_sheet(call: Call) -> None:
    said = call("run", "--help", "source=table")
    assert said.code == 0 and "quoting: true" in said.out and "examples" not in said.out
    assert call("run", "--help", "task=tabel").code == 2


@pytest.mark.parametrize(
    ("verb", "groups", "others"),
    [("run", {"model", "task", "method", "trainer", "logger"}, set()), ("predict", {"task", "trainer"}, {"model"})],
)
def test_help_names_the_sheets_that_a_verb_takes(verb: str, groups: set[str], others: set[str], call: Call) -> None:
    text = call(verb, "--help").out
    for group in groups:
        names = re.search(rf"^{group}: (.+)$", text, flags=re.MULTILINE)
        assert names is not None
        assert set(names[1].split(", ")) == {path.stem for path in (CONF / group).glob("*.yaml")}
    assert not re.search(rf"^({'|'.join(others) or '-'}): \w+, ", text, flags=re.MULTILINE)
    experiments = re.search(r"^experiment: (.+)$", text, flags=re.MULTILINE)
    assert (experiments is not None) == (verb == "run")
    assert experiments is None or set(experiments[1].split(", ")) == {
        path.stem for path in (CONF / "experiment" / verb).glob("*.yaml")
    }


def examples() -> list[tuple[str, list[str]]]:
    found = []
    for verb, text in EXAMPLES.items():
        for line in text.replace("\\\n", " ").splitlines():
            if line.strip().startswith("exapt "):
                found.append((verb, shlex.split(line)[2:]))
    return found


@pytest.mark.parametrize(("verb", "words"), examples(), ids=lambda v: v if isinstance(v, str) else " ".join(v)[:40])
def test_the_examples_of_the_help_can_be_made(verb: str, words: list[str]) -> None:
    """Composed and built, not executed: no name or key in them is wrong."""
    if verb == "claim":
        asked = parse(words)
        claims = [compose_claim(name, asked.words) for name in asked.names]
        assert all(isinstance(claim, Claim) for claim in claims)
        return
    if verb in ("report", "doctor"):
        assert all(word.startswith(("--", "data_dir=")) or "=" not in word for word in words)
        return
    sweep = any(word in SWEEP for word in words)
    overrides = [hydra_words(verb, word.split(",")[0] if sweep else word) for word in words if word not in SWEEP]
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        made = instantiate(compose(verb, overrides=overrides), _convert_="all")
    assert isinstance(made, {"run": Run, "predict": Predict}.get(verb, object))


def test_a_wrong_verb_is_one_line(refused: object) -> None:
    assert callable(refused)
    assert refused("rnu") == "'rnu' is no verb. Did you mean 'run'? See exapt --help."


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_work", interrupted)
    said = call("run")
    assert said.code == 130
    assert said.err == "exapt: interrupted; the same command continues where this one stopped.\n"
    assert call("build").err == "exapt: interrupted; nothing unfinished was left.\n"  # a build starts anew


def test_an_interrupt_that_became_an_exit_is_one_too(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def exits(*_: object) -> int:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            sys.exit(1)

    monkeypatch.setattr(module, "_work", exits)
    assert call("run").code == 130
    monkeypatch.setattr(module, "_work", lambda *_: sys.exit(3))
    with pytest.raises(SystemExit):
        main(["run"])


def test_a_bug_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def broken(*_: object) -> int:
        return len(None)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_work", broken)
    said = call("run")
    assert said.code == 1 and len(said.lines) == 1 and "Traceback" not in said.err
    assert said.err.startswith("exapt: this should not happen: TypeError: ") and "EXAPT_DEBUG=1" in said.err
    monkeypatch.setenv("EXAPT_DEBUG", "1")
    said = call("run")
    assert said.code == 1 and "Traceback (most recent call last)" in said.err and "in broken" in said.err


def test_a_reader_that_leaves_is_no_fault() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(0.2); from exapt.cli.main import main; exit(main(['--help']))"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, b"")


def test_another_broken_pipe_is_a_fault(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def broken(*_: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(module, "_work", broken)
    assert call("run").code == 1
