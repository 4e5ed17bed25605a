"""From exceptions to lines: what the user can mend is told with its place, the rest is a fault of exapt's own."""

from __future__ import annotations

import errno

import pydantic
import pytest
from hydra.errors import InstantiationException, MissingConfigException, OverrideParseException

from exapt.cli.faults import explain, tell
from exapt.errors import BadInput
from exapt.learning.method import Method
from exapt.tasks.text_match import TextMatch


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_bad_input_is_told_wherever_it_stands_in_the_chain() -> None:
    assert explain(BadInput("a.csv: row 3")) == ("a.csv: row 3", 2)
    assert explain(raised(RuntimeError("outer"), BadInput("inner"))) == ("inner", 2)
    assert explain(raised(BadInput("outer says more"), BadInput("inner"))) == ("outer says more", 2)


def test_a_fault_that_was_mended_is_not_told() -> None:
    """An error raised while another one is handled is the one that counts."""
    try:
        try:
            raise BadInput("mended")
        except BadInput:
            raise TypeError("the real one")  # noqa: B904
    except TypeError as error:
        line, code = explain(error)
    assert code == 1 and "the real one" in line and "mended" not in line
    try:
        try:
            Method(lr="x")  # type: ignore[arg-type]
        except pydantic.ValidationError:
            raise BadInput("fit.json: cannot be read") from None
    except BadInput as error:
        assert explain(error) == ("fit.json: cannot be read", 2)


def test_a_key_is_named_as_it_stands_in_the_configuration() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        Method(lr="x")  # type: ignore[arg-type]
    line = "lr: Input should be a valid number (got 'x')."
    assert explain(caught.value) == (f"Method: {line}", 2)
    wrapped = InstantiationException("Error in call to target 'exapt.learning.method.Method':\nno\nfull_key: a.method")
    assert explain(raised(wrapped, caught.value)) == (f"a.method.{line}", 2)
    root = InstantiationException("Error in call to target 'exapt.study.run.Run':\nno")
    assert explain(raised(root, caught.value)) == (line, 2)


def test_checks_across_fields_speak_for_themselves() -> None:
    with pytest.raises((pydantic.ValidationError, BadInput)) as caught:
        TextMatch(name="t", positive="match", train=65)
    assert explain(caught.value)[0].startswith("t: train is 65 pairs")


def test_a_line_is_one_line_without_control_characters() -> None:
    line, _ = explain(BadInput("a\x1b[31m.csv:\n row\t3\r"))
    assert line == "a [31m.csv: row 3"


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.EROFS])
def test_files_that_cannot_be_used_are_named(number: int) -> None:
    line, code = explain(OSError(number, "why", "data/x.csv"))
    assert (line, code) == ("data/x.csv: why; check the path.", 2)


def test_a_full_disk_can_be_mended() -> None:
    assert explain(OSError(errno.ENOSPC, "No space left on device")) == (
        "No space left on device; free some space, and the same command continues.",
        2,
    )


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")]
)
def test_no_memory_can_be_mended(error: BaseException) -> None:
    line, code = explain(error)
    assert code == 2 and "method.batch" in line


@pytest.mark.parametrize(
    "error", [KeyError("x"), OSError(errno.EIO, "Input/output error"), ValueError("a\nb"), AssertionError()]
)
def test_anything_else_is_a_fault_of_exapts_own(error: BaseException) -> None:
    line, code = explain(error)
    assert code == 1 and line.startswith(f"this should not happen: {type(error).__name__}: ") and "\n" not in line


def test_what_cannot_be_parsed_is_said_as_it_was_typed() -> None:
    line, code = explain(OverrideParseException("task@source={a", "no viable alternative at input '{a'\nSee https://x"))
    assert (line, code) == (
        "source={a: cannot be read (no viable alternative at input '{a'); close its brackets and quotes.",
        2,
    )


def test_one_process_of_several_speaks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("EXAPT_DEBUG", raising=False)
    assert tell(BadInput("x"), "seed=1") == 2
    assert capsys.readouterr().err == "exapt: seed=1: x\n"
    monkeypatch.setenv("RANK", "1")
    assert tell(BadInput("x")) == 2
    assert capsys.readouterr().err == ""


class Uncompleted(Exception):
    __module__ = "submitit.core.utils"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (
            "sbatch: error: invalid partition\nsbatch: error: Batch job submission failed",
            "sbatch: error: invalid partition sbatch: error: Batch job submission failed; "
            "hydra.launcher holds what Slurm is asked for.",
            2,
        ),
        (
            "Job 7_1 (task: 0) with path /a (b)/7_1_0_result.pkl\nhas not produced any output (state: OUT_OF_MEMORY)\n"
            "Error stream produced:\n---\nslurmstepd: (state: no)",
            "job 7_1 left no result (OUT_OF_MEMORY); the same command continues.",
            1,
        ),
        (
            "Job (task=0) failed during processing with trace:\n---\nTraceback:\n File\nOSError: gone\n\n---\nYou can",
            "a job failed (OSError: gone); the same command continues.",
            1,
        ),
        ("A worker was killed", "a process was lost (A worker was killed); the same command continues.", 1),
    ],
)
def test_what_launchers_say(text: str, line: str, code: int) -> None:
    assert explain(Uncompleted(text)) == (line, code)


def test_a_launcher_that_is_not_installed() -> None:
    def told(name: str) -> tuple[str, int]:
        sheet = f"hydra/launcher/{name}"
        return explain(MissingConfigException("no", missing_cfg_file=sheet, options=["basic", "joblib"]))

    said = "hydra/launcher=submitit_slurm: is not installed; pip install '.[sweep]' in the checkout."
    assert told("submitit_slurm")[0] == said
    assert told("jobib")[0] == "launcher 'jobib': there is no such sheet. Did you mean 'joblib'?"
    assert explain(RuntimeError('Could not detect "srun", are you indeed on a slurm cluster?'))[1] == 2
