"""`exapt claim --self-test [--seed S] [kinds=KIND,...] [trained=false] [workers=N]`: the judge on trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exapt.errors import BadInput, did_you_mean

if TYPE_CHECKING:
    from exapt.study.selftest.selftest import SelfTest

KEYS = ("seed", "kinds", "trained", "workers")
WORDS = {"true": True, "false": False}
PROCESSES = 64


def command(arguments: list[str]) -> int:
    """Run the self-test that the words ask for and print its page.

    Args:
        arguments: The words behind `exapt claim`, `--self-test` among them.

    Returns:
        0 if the targets are met, otherwise 1.

    Raises:
        BadInput: For a word that is no setting, a kind that is not planted, or a value that does not fit.
    """
    given = _given(arguments)  # before anything heavy is imported
    test = _asked(given)
    from exapt.study.selftest.page import shown_page

    shown = test.execute()
    print(shown_page(shown), flush=True)
    return 0 if shown.met else 1


def asked(arguments: list[str]) -> SelfTest:
    """The self-test that the words ask for."""
    return _asked(_given(arguments))


def _given(arguments: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    words = iter(word for word in arguments if word != "--self-test")
    for word in words:
        key, sign, value = word.removeprefix("--").partition("=")
        if word == "--seed":
            value = next(words, "")
        elif key not in KEYS or not sign or (word.startswith("--") and key != "seed"):
            raise BadInput(f"claim --self-test: '{word}' is no setting of it.{did_you_mean(key, KEYS)}")
        given[key] = value
    return given


def _asked(given: dict[str, str]) -> SelfTest:
    seed, workers = _whole("seed", given.get("seed", "0")), _whole("workers", given.get("workers", "2"))
    if workers > PROCESSES:
        raise BadInput(f"claim --self-test: workers={workers}: give 0 (in this process) to {PROCESSES}.")
    trained = given.get("trained", "true")
    if trained not in WORDS:
        raise BadInput(f"claim --self-test: trained={trained}: give true or false.")
    from exapt.study.selftest.planted import KINDS
    from exapt.study.selftest.selftest import SelfTest

    names = [name.strip() for name in given.get("kinds", ",".join(KINDS)).strip("[]").split(",")]
    for name in names:
        if name not in KINDS:
            raise BadInput(f"claim --self-test: kinds={name}: there is no such kind.{did_you_mean(name, KINDS)}")
    kinds = tuple(kind for kind in KINDS if kind in names)
    return SelfTest(seed=seed, kinds=kinds, trained=WORDS[trained], workers=workers)


def _whole(key: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise BadInput(f"claim --self-test: {key}={value} is no whole number; give 0 or more.")
    return int(value)
