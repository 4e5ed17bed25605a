"""`exapt audit --self-test [--seed S] [data_dir=DIR] [skip=[CHECK,...]] [workers=N]`."""

from __future__ import annotations

from pathlib import Path

from exapt.audit.names import check_names
from exapt.audit.selftest.page import verdict_page
from exapt.audit.selftest.real import check_data
from exapt.audit.selftest.selftest import SelfTest
from exapt.errors import BadInput, did_you_mean

KEYS = ("seed", "data_dir", "skip", "workers")


def command(arguments: list[str]) -> int:
    """Run the self-test that the words ask for and print its page.

    Args:
        arguments: The words behind `exapt audit`, `--self-test` among them.

    Returns:
        0 if the targets are met, otherwise 1.

    Raises:
        BadInput: For a word that is no setting, a number that is none, or a folder that lacks the data.
    """
    verdict = asked(arguments).execute()
    print(verdict_page(verdict), flush=True)
    return 0 if verdict.met else 1


def asked(arguments: list[str]) -> SelfTest:
    """The self-test that the words ask for."""
    given: dict[str, str] = {}
    words = iter(word for word in arguments if word != "--self-test")
    for word in words:
        key, sign, value = word.removeprefix("--").partition("=")
        if word == "--seed":
            value = next(words, "")
        elif key not in KEYS or not sign or (word.startswith("--") and key != "seed"):
            raise BadInput(f"audit --self-test: '{word}' is no setting of it.{did_you_mean(key, KEYS)}")
        given[key] = value
    skip = tuple(name.strip() for name in given.get("skip", "").strip("[]").split(",") if name.strip())
    check_names(list(skip), "skip")
    folder = given.get("data_dir")
    if folder is not None:
        check_data(Path(folder))
    return SelfTest(
        seed=_whole("seed", given.get("seed", "0")), data_dir=None if folder is None else Path(folder), skip=skip,
        workers=_whole("workers", given.get("workers", "2")),
    )  # fmt: skip


def _whole(key: str, value: str) -> int:
    if not value.isdecimal():
        raise BadInput(f"audit --self-test: {key}={value} is no whole number; give 0 or more.")
    return int(value)
