"""Scoring a fit on a task: predictions first, then every number as a function of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from exapt.cache import cache_dir, content_key, keep
from exapt.evaluation.heads import heads
from exapt.evaluation.levels import by_level
from exapt.evaluation.predictions import digest, levels_of, read_predictions, write_predictions
from exapt.evaluation.scores import scores
from exapt.features.trivial import trivial_scores
from exapt.learning.devices import Devices
from exapt.learning.predict import predict, predict_untrained
from exapt.models.classifier import Classifier
from exapt.record import Fit, Mark, Score
from exapt.study.materials import WARN_AT, Material
from exapt.study.overlap import share_of
from exapt.study.provenance import versions

LOG = logging.getLogger("exapt")
HEADS = 100


@dataclass
class Scorer:
    """Scores one fit on any number of tasks.

    Attributes:
        folder: The run's folder.
        fit: The fit.
        trained: The network with the kept weights.
        untrained: The network before training.
        positive: Index of the source's positive class among the logits.
        devices: Where to compute.
        seed_matters: Whether `seeds.init` changes the untrained network's features.
    """

    folder: Path
    fit: Fit
    trained: Classifier
    untrained: Classifier
    positive: int
    devices: Devices
    seed_matters: bool

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
            score = predict(
                self.trained,
                material.encoded,
                positive=self.positive,
                precision=self.fit.precision,
                devices=self.devices,
            )
            if self.devices.rank == 0:
                write_predictions(self.folder / path, examples, {"untrained": drawn[0], "trained": score})
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
            trained=trained, shares_train=shared, untrained=heads(examples.positive, drawn), baselines=baselines,
            marks=marks, levels=curve, psychometric=psychometric,
        )  # fmt: skip

    def _untrained(self, material: Material) -> np.ndarray:
        """Scores of untrained heads, shape (heads, n); cached: a pretrained backbone's features depend on no seed."""
        model: dict[str, Any] = {k: v for k, v in self.fit.model.items() if k not in ("name", "hub")}
        libraries = {name: made_by for name, made_by in versions().items() if name != "code"}
        key = content_key([
            "untrained heads 2", libraries, HEADS, model, self.fit.precision, self.fit.method["max_length"],
            self.positive, material.data.digest, material.examples.paired,
            self.fit.seeds["init"] if self.seed_matters else None,
        ])  # fmt: skip
        file = cache_dir() / "untrained" / f"{key}.npy"
        known = self.devices.decide(_cached(file, (HEADS, len(material.examples))))
        if known is not None:
            return known
        LOG.info("untrained heads on %s", material.data.task)
        made = predict_untrained(
            self.untrained,
            material.encoded,
            heads=HEADS,
            positive=self.positive,
            precision=self.fit.precision,
            devices=self.devices,
        )
        if self.devices.rank == 0:
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
