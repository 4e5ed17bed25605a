"""`exapt claim --self-test [--seed S] [kinds=KIND,...] [trained=false] [workers=N]`: the judge on trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exapt.errors import BadInput, did_you_mean
from exapt.trials import PROCESSES, whole, words

if TYPE_CHECKING:
    from exapt.study.selftest.selftest import SelfTest

VERB = "claim"
KEYS = ("seed", "kinds", "trained", "workers")
WORDS = {"true": True, "false": False}


def command(arguments: list[str]) -> int:
    """Run the self-test that the words ask for and print its page.

    Args:
        arguments: The words behind `exapt claim`, `--self-test` among them.

    Returns:
        0 if the targets are met, otherwise 1.

    Raises:
        BadInput: For a word that is no setting, a kind that is not planted, or a value that does not fit.
    """
    given = words(VERB, KEYS, arguments)  # before anything heavy is imported
    test = _asked(given)
    from exapt.study.selftest.page import shown_page

    shown = test.execute()
    print(shown_page(shown), flush=True)
    return 0 if shown.met else 1


def asked(arguments: list[str]) -> SelfTest:
    """The self-test that the words ask for."""
    return _asked(words(VERB, KEYS, arguments))


def _asked(given: dict[str, str]) -> SelfTest:
    seed, workers = whole(VERB, given, "seed", 0), whole(VERB, given, "workers", 2, PROCESSES)
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
