"""What the test split can show: the smallest difference between two models, and how many seeds an interval wants."""

from __future__ import annotations

from exapt.audit.view import View
from exapt.evaluation.power import effective_size, seeds_for, smallest_difference
from exapt.findings import Finding

# assumptions, stated beside every number that rests on them
DISCORDANCE = 0.2  # share of examples on which exactly one of two models is right
CORRELATION = 0.1  # of being right, within a group
DEVIATION = 0.05  # of a target's AUROC between training seeds; small models on DNA showed 0.04 to 0.11
HALF_WIDTH = 0.05
WANTED = 0.05  # a test split that shows only larger differences is told


def power_findings(view: View) -> list[Finding]:
    """The check "power" on the test split, or on the whole task if it has none."""
    examples = view.splits.get("test") or next(iter(view.splits.values()))
    sizes = examples.frame["group"].value_counts().tolist()
    worth = effective_size(sizes, CORRELATION)
    difference = smallest_difference(worth, DISCORDANCE)
    seeds = seeds_for(HALF_WIDTH, DEVIATION)
    facts = {
        "groups": len(sizes), "effective_examples": round(worth, 1), "assumed_discordance": DISCORDANCE,
        "assumed_correlation": CORRELATION, "power": 0.8, "alpha": 0.05, "seeds": seeds,
        "assumed_deviation_between_seeds": DEVIATION, "half_width_over_seeds": HALF_WIDTH,
    }  # fmt: skip
    enough = difference is not None and difference <= WANTED
    said = "no difference in accuracy is found" if difference is None else "smallest difference in accuracy found"
    return [
        Finding(
            check="power", family="power", level="pass" if enough else "warn", value=difference, threshold=WANTED,
            n=len(examples), said=f"{said} by a paired test at 80% power",
            remedy="" if enough else "take more test examples in more groups, or claim large differences only",
            facts=facts,
        )
    ]  # fmt: skip
