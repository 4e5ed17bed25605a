"""Scoring a fit on a task: predictions first, then every number as a function of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from exapt.cache import cache_dir, content_key, keep
from exapt.estimates import Heads
from exapt.evaluation.controls import FILE, draw_controls, write_controls
from exapt.evaluation.heads import heads
from exapt.evaluation.levels import by_level
from exapt.evaluation.predictions import Phase, digest, levels_of, read_predictions, write_predictions
from exapt.evaluation.scores import scores
from exapt.features.trivial import trivial_scores
from exapt.files import write_atomically
from exapt.learning.devices import Devices
from exapt.record import Fit, Mark, Score
from exapt.study.materials import WARN_AT, Material
from exapt.study.overlap import share_of
from exapt.study.predictors import HEADS, Predictor
from exapt.study.provenance import versions

LOG = logging.getLogger("exapt")


@dataclass
class Scorer:
    """Scores one fit on any number of tasks.

    Attributes:
        folder: The run's folder.
        fit: The fit.
        predictor: What scores examples.
        devices: Where to compute.
    """

    folder: Path
    fit: Fit
    predictor: Predictor
    devices: Devices

    def score(self, key: str, role: Literal["source", "target"], material: Material) -> Score:
        """Predict (or reuse finished predictions) and score one task; in every process, the first one writes."""
        examples = material.examples
        # named by data, levels and weights: predictions that another fit left here are never taken for this one's
        levels = levels_of(examples)
        marked = "" if levels is None else f"-{content_key(levels)[:6]}"
        place = f"{key}-{material.data.digest[:10]}-{self.fit.weights[:6]}{marked}"
        path = Path("scores") / place / "predictions.parquet"
        drawn = self._untrained(material)
        if not self.devices.decide((self.folder / path).exists()):
            LOG.info("scoring %s (%d examples)", key, len(examples))
            score = self.predictor.trained(examples, material.encoded)
            if self.devices.rank == 0:
                phases: dict[Phase, np.ndarray] = {} if drawn is None else {"untrained": drawn[0]}
                write_predictions(self.folder / path, examples, {**phases, "trained": score})
        self.devices.decide(None)  # the file is there for all
        predictions = read_predictions(self.folder / path)
        rows = predictions[predictions["phase"] == "trained"]
        column = rows["score"].to_numpy()
        group = examples.frame["group"].tolist()
        trained = scores(examples.positive, column, group)
        curve, psychometric = by_level(rows, examples.space.positive, trained.threshold)
        baselines = {
            name: scores(examples.positive, values, group, threshold=self.fit.thresholds[name], probability=False)
            for name, values in trivial_scores(examples).items()
            if name in self.fit.thresholds
        }
        self.add_controls(path.parent, material, drawn)
        marks: list[Mark] = []
        area = trained.metrics["auroc"].value
        if area is not None and area < 0.5:
            marks.append("inverted")
        tokens = material.data.tokens
        if max(tokens.unknown_tokens, tokens.unknown_characters) > WARN_AT:
            marks.append("unknown tokens")
        if tokens.truncated > WARN_AT:
            marks.append("truncated")
        shared = share_of(self.folder, examples)
        if shared > WARN_AT:
            marks.append("shares text with train")
        return Score(
            role=role, data=material.data, predictions=path.as_posix(), predictions_digest=digest(predictions),
            trained=trained, shares_train=shared, baselines=baselines,
            untrained=Heads(auroc=[], accuracy=[]) if drawn is None else heads(examples.positive, drawn),
            marks=marks, levels=curve, psychometric=psychometric,
        )  # fmt: skip

    def add_controls(self, place: Path, material: Material, heads: np.ndarray | None = None) -> None:
        """Write what a claim needs of untrained heads and baselines beside the predictions, if it is not there."""
        file = self.folder / place / FILE
        if self.devices.decide(file.exists()):
            return
        drawn = self._untrained(material) if heads is None else heads
        if self.devices.rank == 0:
            examples = material.examples
            group = examples.frame["group"].tolist()
            key = content_key(["controls 1", self._key(material), self.fit.thresholds])
            kept = cache_dir() / "controls" / f"{key}.parquet"
            if not kept.exists():
                found = draw_controls(examples.positive, group, drawn, trivial_scores(examples), self.fit.thresholds)
                keep(kept, lambda path: write_controls(path, found))
                write_controls(file, found)
            else:
                write_atomically(file, lambda path: path.write_bytes(kept.read_bytes()))
        self.devices.decide(None)

    def _key(self, material: Material) -> str:
        """What the scores of untrained heads depend on."""
        libraries = {name: made_by for name, made_by in versions().items() if name != "code"}
        return content_key([
            "untrained heads 3", libraries, self.predictor.beginning(), material.data.digest, material.examples.paired,
        ])  # fmt: skip

    def _untrained(self, material: Material) -> np.ndarray | None:
        """Scores of untrained heads, shape (heads, n); cached: a pretrained backbone's features depend on no seed."""
        if self.predictor.beginning() is None:
            return None
        file = cache_dir() / "untrained" / f"{self._key(material)}.npy"
        known = self.devices.decide(_cached(file, (HEADS, len(material.examples))))
        if known is not None:
            return known
        LOG.info("untrained heads on %s", material.data.task)
        made = self.predictor.untrained(material)
        if made is not None and self.devices.rank == 0:
            keep(file, lambda p: _write(p, made))
        return made


def _cached(file: Path, shape: tuple[int, int]) -> np.ndarray | None:
    try:
        found: np.ndarray = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape and found.dtype == np.float32 else None


def _write(path: Path, values: np.ndarray) -> None:
    with path.open("wb") as stream:
        np.save(stream, values, allow_pickle=False)
