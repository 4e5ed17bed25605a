"""What a task's predictions say level by level: the curve, and the psychometric function fitted to it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.estimates import Level, Psychometric
from exapt.evaluation.curve import curve
from exapt.evaluation.predictions import LEVEL
from exapt.evaluation.psychometric import psychometric


def by_level(rows: pd.DataFrame, positive: str, threshold: float) -> tuple[list[Level] | None, Psychometric | None]:
    """Score the rows of one phase level by level.

    Args:
        rows: As `exapt.evaluation.predictions.read_predictions` gives them, of one phase.
        positive: The class that scores speak for.
        threshold: An example is called positive if its score is at or above it.

    Returns:
        The curve and its fit; None and None for predictions without levels.
    """
    if LEVEL not in rows.columns:
        return None, None
    truth = (rows["label"] == positive).to_numpy(dtype=bool)
    score = rows["score"].to_numpy(dtype=np.float32)
    group, level = rows["group"].tolist(), rows[LEVEL].tolist()
    return (
        curve(truth, score, group, level, threshold=threshold),
        psychometric(truth, score, group, level, threshold=threshold),
    )
