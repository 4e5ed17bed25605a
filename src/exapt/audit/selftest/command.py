"""`exapt audit --self-test [--seed S] [data_dir=DIR] [skip=[CHECK,...]] [workers=N]`."""

from __future__ import annotations

from pathlib import Path

from exapt.audit.names import check_names
from exapt.audit.selftest.page import verdict_page
from exapt.audit.selftest.real import check_data
from exapt.audit.selftest.selftest import SelfTest
from exapt.trials import PROCESSES, whole, words

VERB = "audit"
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
    given = words(VERB, KEYS, arguments)
    skip = tuple(name.strip() for name in given.get("skip", "").strip("[]").split(",") if name.strip())
    check_names(list(skip), "skip")
    folder = given.get("data_dir")
    if folder is not None:
        check_data(Path(folder))
    return SelfTest(
        seed=whole(VERB, given, "seed", 0), data_dir=None if folder is None else Path(folder), skip=skip,
        workers=whole(VERB, given, "workers", 2, PROCESSES),
    )  # fmt: skip
