"""The names of all checks, in the order in which they are printed."""

from __future__ import annotations

from exapt.audit.families import FAMILIES
from exapt.errors import BadInput, did_you_mean
from exapt.findings import Family

CHECKS: dict[str, Family] = {
    **dict.fromkeys(
        (
            "label counts", "label order", "contradictory labels", "duplicated rows", "mirrored rows",
            "sides under both labels",
        ),
        "labels",
    ),
    **dict.fromkeys(
        (
            "exact leakage", "normalised leakage", "reverse-complement leakage", "near-duplicate leakage",
            "shared groups", "components across splits", "overlap with source",
        ),
        "leakage",
    ),
    **dict.fromkeys(
        (
            "left only", "right only", "lengths", "characters present", "composition", "k-mer bags", "k-mer overlap",
            "MinHash", "edit", "alignment", "start codon", "translation", "position", "strongest shortcut",
            "matched remainder",
        ),
        "shortcuts",
    ),
    **dict.fromkeys(("reach", "answerability"), "reach"),
    "power": "power",
    **dict.fromkeys(
        (
            "unknown tokens", "truncation", "characters per token", "effective letters", "shared tokens",
            "trained embeddings", "padding invariance", "case sensitivity",
        ),
        "tokens",
    ),
}  # fmt: skip


def check_names(names: list[str], key: str) -> None:
    """Refuse names of checks that there are not.

    Raises:
        BadInput: For the first of them, with the likeliest name meant.
    """
    for name in names:
        if name not in CHECKS:
            raise BadInput(f"{key}: there is no check '{name}'.{did_you_mean(name, CHECKS)}")


def check_signal(names: list[str]) -> None:
    """Refuse a declared signal that is no family of content: what says nothing on the sides is no task's subject.

    Raises:
        BadInput: For the first such name, with the likeliest one meant.
    """
    content = [family.name for family in FAMILIES if family.kind == "content"]
    for name in names:
        if name not in content:
            raise BadInput(f"signal: '{name}' is no family of content.{did_you_mean(name, content)}")
