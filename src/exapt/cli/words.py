"""The words of a command line in Hydra's own grammar, and faults of a single word said in a line."""

from __future__ import annotations

import re

from exapt.errors import BadInput

SWEEP = ("-m", "--multirun")
# values that Hydra understands as lists, mappings, quoted text or references are left to it
_STRUCTURE = re.compile(r"""^\s*[\[{"']|\$\{|,""")


def hydra_words(verb: str, argument: str) -> str:
    """The short words of the command line in Hydra's own grammar.

    `experiment=NAME` means the experiments of this verb, `source=NAME` the sheet of a task in the role of the source,
    and `target=NAME` adds a task as a target under its own name; in a build, `negatives=KIND` gives the task that kind
    of negatives. Keys with a dot may be left out of a sheet: the class
    that the sheet names has defaults, and refuses what it does not know. A plain value that Hydra's grammar cannot
    read, such as a path with a bracket or a letter with an accent, is put in quotes.

    Raises:
        BadInput: For an option that does not exist, a word without `=`, or several targets in one word.
    """
    if argument.startswith("-"):
        raise BadInput(f"{argument}: there is no such option; there is -m (run all combinations) and --help.")
    if argument.startswith("~"):
        return argument
    key, sign, value = argument.partition("=")
    if not sign or not key.strip():
        raise BadInput(f"'{argument}': is no setting; write KEY=VALUE (exapt {verb} --help lists the keys).")
    if key == "experiment":
        if verb != "run":
            raise BadInput(f"{argument}: only `exapt run` has experiments; see exapt {verb} --help.")
        return f"experiment/{verb}@_global_={value}"
    if verb in ("run", "audit", "claim") and key == "source":
        return f"task@source={value}"
    if verb in ("run", "claim") and key == "target":
        if "," in value:
            raise BadInput(f"{argument}: say target= once for each, as in target={value.replace(',', ' target=')}.")
        return f"+task@targets.{value}={value}"
    if verb == "build" and key == "negatives":
        return f"+negatives@task.negatives={value}"
    plain = key[:1].isalpha() and not key.startswith("hydra") and not {"@", "/"} & set(key)
    return f"{'++' if plain and '.' in key else ''}{key}={readable(value)}"


def plain_word(word: str) -> str:
    """A word of Hydra's grammar as the user wrote it."""
    key, sign, value = word.lstrip("+").partition("=")
    return f"{key.removeprefix('task@').removesuffix('@_global_').replace('experiment/run', 'experiment')}{sign}{value}"


def cell_name(words: list[str], cell: list[str]) -> str:
    """What tells a cell of a sweep from the others: its values of the words that have several."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    asked = OverridesParser.create().parse_overrides(words)
    swept = {override.get_key_element() for override in asked if override.is_sweep_override()}
    return " ".join(plain_word(word) for word in cell if word.partition("=")[0] in swept)


def readable(value: str) -> str:
    """A value that Hydra's grammar reads as this very text, if need be in quotes."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if not value or _STRUCTURE.search(value):
        return value
    try:
        OverridesParser.create().parse_override(f"key={value}")
    except HydraException:
        # in quotes, backslashes count only before a quote or at the end
        escaped = re.sub(r'(\\*)("|$)', lambda found: found[1] * 2 + ('\\"' if found[2] else ""), value)
        return f'"{escaped}"'
    return value
