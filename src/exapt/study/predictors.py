"""What scores examples for a fit: its network with the kept weights, or the linear model of an arm without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from exapt.data.encode import Encoded
from exapt.features.transfer import Sides
from exapt.learning.devices import Devices
from exapt.learning.predict import predict, predict_untrained
from exapt.models.classifier import Classifier
from exapt.record import Fit
from exapt.study.linear import Linear
from exapt.study.materials import Material

HEADS = 100
Singles = npt.NDArray[np.float32]


class Predictor(Protocol):
    """Scores examples; the same in every process."""

    def trained(self, rows: Sides, encoded: Encoded | None) -> Singles:
        """Log-odds of the source's positive class, shape (n,), in the order of the rows."""

    def untrained(self, material: Material) -> Singles | None:
        """The same of untrained heads, shape (heads, n); None if there are none."""

    def beginning(self) -> Any:
        """All that untrained heads depend on beside the examples, JSON-ready; None if there are none."""


@dataclass(frozen=True)
class NetworkPredictor:
    """Of a network.

    Attributes:
        fit: The fit.
        network: With the kept weights.
        fresh: The network before training.
        positive: Index of the source's positive class among the logits.
        devices: Where to compute.
        seed_matters: Whether `seeds.init` changes the features before training.
    """

    fit: Fit
    network: Classifier
    fresh: Classifier
    positive: int
    devices: Devices
    seed_matters: bool

    def trained(self, rows: Sides, encoded: Encoded | None) -> Singles:
        assert encoded is not None
        return predict(
            self.network, encoded, positive=self.positive, precision=self.fit.precision, devices=self.devices
        )

    def untrained(self, material: Material) -> Singles | None:
        return predict_untrained(
            self.fresh, material.tokens, heads=HEADS, positive=self.positive, precision=self.fit.precision,
            devices=self.devices,
        )  # fmt: skip

    def beginning(self) -> Any:
        model = {k: v for k, v in self.fit.model.items() if k not in ("name", "hub")}
        seed = self.fit.seeds["init"] if self.seed_matters else None
        return [HEADS, model, self.fit.precision, self.fit.method["max_length"], self.positive, seed]


@dataclass(frozen=True)
class LinearPredictor:
    """Of an arm without a network; computed in every process."""

    model: Linear

    def trained(self, rows: Sides, encoded: Encoded | None) -> Singles:
        return self.model.score(rows)

    def untrained(self, material: Material) -> Singles | None:
        return None

    def beginning(self) -> Any:
        return None
