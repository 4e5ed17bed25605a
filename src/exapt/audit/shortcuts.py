"""Which families of features tell the label, and which of them tells most."""

from __future__ import annotations

from collections import Counter

import numpy as np

from exapt.audit.crossfit import Panel
from exapt.findings import Finding, Level

THRESHOLD = 0.507


def shortcut_findings(panel: Panel, *, threshold: float = THRESHOLD) -> list[Finding]:
    """One finding per family: does a small model tell held-out labels from it?

    The value is the AUROC, averaged over folds; `low` is its one-sided 99.9% lower bound (`Panel.low`). A family fails
    if `low` exceeds the threshold, and only warns if it is what the task's sheet declares as its signal. A format
    family is never a signal.

    **Why 0.507.** With n = 2,000 rows of two equal classes each of the bound's two parts lies 3.29 standard errors
    below the mean over nine blocks: 0.0129 x sqrt(10 / 9) = 0.0136 each for scores without ties, so a clean family
    alarms where one of them errs by 3.29 + 0.007 / 0.0136 = 3.8 standard errors: 1.4 in 10,000, or 0.4 in all among
    13 families of 200 tasks (0.7 with a threshold of 0.505, 2.6 with 0.5). A single flag of AUROC 0.56 is found in 87
    of 100 tasks where it is hardest (in 56% and 44% of the classes), in 92 where 39% and 27% have it, always where
    12% and none have it; of AUROC 0.70, always (100,000 simulated tasks each). Of 0.54: 28 in 100. Smaller tasks:
    with a few hundred rows the threshold adds little to the 3.29, and a clean family alarms in about one of 1,000.

    Args:
        panel: The cross-fitted families.
        threshold: AUROC that the lower bound must not exceed.
    """
    found = []
    for number, family in enumerate(panel.families):
        signal = family.kind == "content" and family.name in panel.view.signal
        facts = {
            "signal": signal, "folds": panel.folds, "groups": _groups(panel), "features": panel.features[number],
            "model": family.model, "notes": panel.notes,
        }  # fmt: skip
        if not panel.folds:
            found.append(
                Finding(
                    check=family.name, family="shortcuts", level="skip", n=len(panel.view), said=panel.notes[-1],
                    stops=family.kind == "format", threshold=threshold, facts=facts,
                )
            )  # fmt: skip
            continue
        held, low = panel.held(panel.plain[number]), panel.low(number)
        bad = low > threshold
        level: Level = "pass" if not bad else "warn" if signal else "fail"
        said = f"AUROC {held.auroc:.3f}, at least {low:.3f}"
        found.append(
            Finding(
                check=family.name, family="shortcuts", level=level, value=held.auroc, low=low, threshold=threshold,
                n=len(panel.view), said=f"{said}: {family.about}" if bad else said,
                remedy=family.remedy if level == "fail" else "", stops=family.kind == "format", facts=facts,
            )
        )  # fmt: skip
    return found


def strongest(panel: Panel) -> Finding:
    """The family that tells most, named and scored by nested cross-validation.

    The largest of many AUROCs flatters itself. So, for each fold, the family is chosen by what the families tell in the
    other folds, with models that have not seen the fold, and is scored in the fold. The finding always passes: each
    family has one of its own that judges it. Its interval goes 3.09 standard errors down, each a root of two larger
    than the folds say (see `Panel.low`).
    """
    if panel.folds < 3 or not panel.families:
        said = "nothing to compare" if not panel.families else f"{panel.folds} folds: too few to choose and to score"
        return Finding(check="strongest shortcut", family="shortcuts", level="skip", n=len(panel.view), said=said)
    score, chosen = np.zeros(len(panel.view)), []
    for k in range(panel.folds):
        others = [j for j in range(panel.folds) if j != k]
        told = [panel.held(scores[k], others).auroc for scores in panel.scores]
        chosen.append(int(np.argmax(told)))
        rows = panel.fold == k
        score[rows] = panel.scores[chosen[-1], k, rows]
    held = panel.held(score)
    low = max(0.0, held.auroc - np.sqrt(2) * (held.auroc - held.low))
    named = [panel.families[f].name for f in chosen]
    name, times = Counter(named).most_common(1)[0]
    return Finding(
        check="strongest shortcut", family="shortcuts", level="pass", value=held.auroc, low=low, n=len(panel.view),
        said=f"{name}: AUROC {held.auroc:.3f}, at least {low:.3f}; chosen in {times} of {panel.folds} folds",
        facts={"strongest": name, "chosen": named, "folds": panel.folds, "groups": _groups(panel)},
    )  # fmt: skip


def _groups(panel: Panel) -> int:
    return int(panel.groups.max(initial=-1)) + 1
