"""From finished records to the draws a verdict is made of: an arm's metric, seed by seed, on one target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from exapt.errors import BadInput
from exapt.evaluation.controls import FILE, HEADS, read_controls
from exapt.evaluation.crossed import Drawn, drawn_aurocs
from exapt.evaluation.intervals import bootstrap
from exapt.evaluation.predictions import digest, read_predictions
from exapt.record import Record, Score

Floats = npt.NDArray[np.float64]
Metric = Literal["auroc", "accuracy"]


@dataclass(frozen=True)
class Exhibit:
    """One finished run of a claim.

    Attributes:
        arm: Its arm.
        seed: The seed by which arms are paired.
        record: Its record.
        folder: The folder that the record's paths are relative to.
        target: The only target that the run speaks of; None if it speaks of all.
        shots: Of an arm that is trained on its target, how many examples were asked for; None for all.
        what: Which of its arm's kind: the name of a source without words.
    """

    arm: str
    seed: int
    record: Record
    folder: Path
    target: str | None = None
    shots: int | None = None
    what: str = ""

    def score(self, data: str) -> Score:
        """The score on the examples with this digest.

        Raises:
            BadInput: If the record holds none.
        """
        for score in self.record.scores.values():
            if score.data.digest == data:
                return score
        raise BadInput(f"{self.folder}: its record holds no score on the examples {data[:10]}; run the claim again.")

    def beside(self, score: Score) -> Path:
        """The folder of a score's files."""
        return (self.folder / score.predictions).parent

    def rows(self, data: str) -> pd.DataFrame:
        """The trained phase of the predictions on the examples with this digest, as the record was made from them.

        Raises:
            BadInput: If they are gone or others.
        """
        score = self.score(data)
        path = self.folder / score.predictions
        frame = read_predictions(path)
        if digest(frame) != score.predictions_digest:
            raise BadInput(f"{path}: not the predictions that its record was made from; restore the file.")
        return frame[frame["phase"] == "trained"].reset_index(drop=True)


def measured(exhibits: Sequence[Exhibit], data: str, metric: Metric, *, fixed: bool = False) -> Drawn:
    """An arm's metric under the draws of groups that all arms on these examples share.

    Args:
        exhibits: The arm's runs, one a seed.
        data: Digest of the examples.
        metric: AUROC, or accuracy at the source's threshold.
        fixed: Whether nothing of the arm is drawn from a seed; then there is one run.

    Raises:
        BadInput: If a file is gone or another, or the runs were scored on other rows.
    """
    frames = [one.rows(data) for one in exhibits]
    first = frames[0]
    for one, frame in zip(exhibits, frames, strict=True):
        if not frame[["id", "label", "group"]].equals(first[["id", "label", "group"]]):
            raise BadInput(f"{one.folder}: scored other rows than {exhibits[0].folder} does; run one of them again.")
    score = exhibits[0].score(data)
    positive = (first["label"] == score.data.positive).to_numpy(dtype=bool)
    columns = np.stack([frame["score"].to_numpy(dtype=np.float64) for frame in frames])
    seeds = () if fixed else tuple(one.seed for one in exhibits)
    return _drawn(positive, columns, first["group"].tolist(), metric, fixed, seeds)


def over_larger_class(exhibits: Sequence[Exhibit], data: str) -> Drawn:
    """Accuracy at the source's threshold less that of always naming the larger class, drawn as in `measured`."""
    rows = exhibits[0].rows(data)
    positive = (rows["label"] == exhibits[0].score(data).data.positive).to_numpy(dtype=bool)
    accuracy = measured(exhibits, data, "accuracy")
    share = _draws(lambda weight: weight @ positive / weight.sum(axis=1), rows["group"].tolist())
    larger = np.maximum(share, 1 - share)
    return Drawn(
        accuracy.plain - larger[0], accuracy.drawn - larger[1:, None], accuracy.groups, seeds=accuracy.seeds
    )  # fmt: skip


def untrained(exhibits: Sequence[Exhibit], data: str, metric: Metric) -> Drawn:
    """Untrained heads: of a pretrained backbone each head for itself, of one drawn from the seed the mean of its heads.

    All backbones get the same heads, so that other heads would move all their means together. That variance, as the
    heads' means over the backbones show it, stands in `Drawn.common`.

    Raises:
        BadInput: If a run kept no draws of them.
    """
    columns = [_control(one, data, metric, HEADS) for one in exhibits]
    groups = exhibits[0].score(data).data.groups
    shared = all(np.array_equal(column, columns[0], equal_nan=True) for column in columns[1:])
    if len(columns) > 1 and not shared:
        table = _whole(np.stack(columns, axis=1))
        each = np.mean([getattr(one.score(data).untrained, metric) for one in exhibits], axis=0)
        return Drawn(
            table[0], table[1:], groups, seeds=tuple(one.seed for one in exhibits),
            common=float(each.var(ddof=1)) / len(each), freedom=len(each) - 1,
        )  # fmt: skip
    each = np.array(getattr(exhibits[0].score(data).untrained, metric))
    mean = _whole(columns[0][:, None])
    return Drawn(each, mean[1:] + (each - each.mean())[None, :], groups)


def baselines(exhibit: Exhibit, data: str, metric: Metric) -> dict[str, Drawn]:
    """The trivial baselines by name."""
    score = exhibit.score(data)
    found = {}
    for name in read_controls(exhibit.beside(score) / FILE, metric):
        if name != HEADS:
            table = _whole(_control(exhibit, data, metric, name)[:, None])
            found[name] = Drawn(table[0], table[1:], score.data.groups, fixed=True)
    return found


def _control(exhibit: Exhibit, data: str, metric: Metric, name: str) -> Floats:
    """A control's metric on all examples and under each draw; the first agrees with the record."""
    score = exhibit.score(data)
    file = exhibit.beside(score) / FILE
    found = read_controls(file, metric)
    if name not in found:
        raise BadInput(f"{file}: holds no {name}; run the fit's own command again.")
    if name == HEADS:
        told = float(np.mean(score.untrained.auroc if metric == "auroc" else score.untrained.accuracy))
    else:
        value = score.baselines[name].metrics[metric].value if name in score.baselines else None
        told = float("nan") if value is None else value
    if not np.isclose(found[name][0], told, rtol=0, atol=1e-5):
        raise BadInput(f"{file}: {name} is {found[name][0]:.4f} there and {told:.4f} in the record; restore the file.")
    return found[name]


def _whole(table: Floats) -> Floats:
    return table[~np.isnan(table).any(axis=1)]


def _draws(measure: Callable[[Floats], Floats], group: list[str]) -> Floats:
    """A measure on all examples and under each draw, shape (1 + draws,)."""
    plain = measure(np.ones((1, len(group))))
    return np.concatenate([plain, bootstrap(lambda weight: {"it": measure(weight)}, group)["it"]])


def _drawn(
    positive: npt.NDArray[np.bool_], columns: Floats, group: list[str], metric: Metric, fixed: bool,
    seeds: tuple[int, ...],
) -> Drawn:  # fmt: skip
    plain, drawn = _columns(positive.tobytes(), columns.tobytes(), columns.shape, tuple(group), metric)
    return Drawn(plain, drawn, len(set(group)), fixed, seeds)


@lru_cache(maxsize=256)  # the same arm is asked for by several rungs, by the source's controls and by the page
def _columns(
    truth: bytes, numbers: bytes, shape: tuple[int, int], group: tuple[str, ...], metric: Metric
) -> tuple[Floats, Floats]:
    positive = np.frombuffer(truth, dtype=bool)
    columns = np.frombuffer(numbers, dtype=np.float64).reshape(shape)
    if not 0 < positive.sum() < len(positive) or len(set(group)) < 2:
        raise BadInput("a verdict needs test examples of both classes in at least two groups.")
    if metric == "auroc":
        found = drawn_aurocs(positive, columns, group)
        return found.plain, found.drawn
    right = ((columns >= 0) == positive).astype(np.float64).T
    table = _draws(lambda weight: weight @ right / weight.sum(axis=1, keepdims=True), list(group))
    return table[0], table[1:]
