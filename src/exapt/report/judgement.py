"""What reports conclude from a score, in one place: marks, the best baseline, whether ranking and threshold hold."""

from __future__ import annotations

from exapt.estimates import Estimate, Scores
from exapt.evaluation.heads import spread
from exapt.record import Record, Score

NONE = Estimate(value=None, low=None, high=None)


MARGIN = 0.02  # of accuracy: an interval that barely clears chance is no transfer of a threshold
FEWEST = 30  # groups, from which a bootstrap over them means something


def auroc(scores: Scores) -> Estimate:
    """The AUROC of some scores; all None if it was not computed."""
    return scores.metrics.get("auroc", NONE)


def accuracy(scores: Scores) -> Estimate:
    """The accuracy of some scores; all None if it was not computed."""
    return scores.metrics.get("accuracy", NONE)


def inverted(scores: Scores) -> bool:
    """Whether AUROC is below 0.5, so that the ranking points the wrong way; it is shown as it is, never flipped."""
    value = auroc(scores).value
    return value is not None and value < 0.5


def marks(score: Score) -> list[str]:
    """The record's marks; `inverted` whether or not the record has it, `generated` where the data are generated."""
    found: list[str] = [m for m in score.marks if m not in ("inverted", "shares text with train")]
    if "shares text with train" in score.marks:
        found.append(f"shares text with train: {score.shares_train:.0%}")
    return ["inverted"] * inverted(score.trained) + found + ["generated"] * generated(score)


def generated(score: Score) -> bool:
    """Whether the task says that its data are generated."""
    return score.data.facts.get("generated") is True


def best_baseline(score: Score) -> tuple[str, Scores] | None:
    """The trivial baseline with the highest AUROC on this task, by name; of equal ones the first in the alphabet.

    It is chosen on the test labels, which favours the baselines: what beats the best of them beats them all.
    """
    defined = [(auroc(s).value, name) for name, s in score.baselines.items()]
    known = sorted((-value, name) for value, name in defined if value is not None)
    return (known[0][1], score.baselines[known[0][1]]) if known else None


def larger_share(score: Score) -> float | None:
    """The accuracy of always naming the task's larger class; None without an example."""
    total = sum(score.data.counts.values())
    return max(score.data.counts.values()) / total if total else None


def ranks_above_heads(score: Score) -> bool | None:
    """Whether the lower bound of AUROC lies above 95% of the untrained heads, and above 0.5.

    None where either is missing, or where there are too few groups for a bootstrap to mean anything.
    """
    low, heads = auroc(score.trained).low, spread(score.untrained.auroc)
    return None if low is None or not heads or score.data.groups < FEWEST else low > max(heads["p95"], 0.5)


def unjudged(score: Score) -> str:
    """Why `ranks_above_heads` is None, in words; empty if it is not."""
    reasons = ["no interval"] * (auroc(score.trained).low is None) + ["no untrained heads"] * (
        not score.untrained.auroc
    )
    few = [f"{score.data.groups} groups where {FEWEST} are needed"] * (score.data.groups < FEWEST)
    return " and ".join(few + reasons)


def ranks_wrong_way(score: Score) -> bool:
    """Whether the whole interval of AUROC lies below 0.5."""
    high = auroc(score.trained).high
    return high is not None and high < 0.5


def beats_larger_class(score: Score) -> bool | None:
    """Whether accuracy's lower bound lies more than a margin above the larger class's share; None without either."""
    low, chance = accuracy(score.trained).low, larger_share(score)
    return None if low is None or chance is None else low > chance + MARGIN


def baseline_as_good(score: Score) -> bool | None:
    """Whether the best baseline's AUROC reaches the lower bound of the trained one; None where either is missing."""
    best, own = best_baseline(score), auroc(score.trained)
    bound = own.value if own.low is None else own.low
    value = None if best is None else auroc(best[1]).value
    return None if bound is None or value is None else value >= bound


def model_name(record: Record) -> str:
    """What the model is called: its facts' name, or class."""
    return str(record.fit.model.get("name") or record.fit.model.get("class") or "unnamed")


def method_name(record: Record) -> str:
    """What the recipe is called: its name, or else epochs, learning rate and batch."""
    method = record.fit.method
    parts = [f"{key} {method[key]}" for key in ("epochs", "lr", "batch") if key in method]
    return str(method.get("name") or ", ".join(parts) or "unnamed")


def run_name(record: Record) -> str:
    """The run's folder: its name and the first ten letters of its identity."""
    return f"{record.name}-{record.fit.identity[:10]}"
