"""Tiny encoded splits and networks for tests of learning, and an ear for what exapt says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exapt.data.encode import encode
from exapt.learning.devices import Devices
from exapt.learning.fit import Fitted, Split, fit
from exapt.learning.method import Method
from exapt.models.classifier import Classifier
from exapt.models.scratch import Scratch
from exapt.tasks.text_match import TextMatch

DEVICES = Devices(accelerator="cpu", progress=False)
MODEL = Scratch(name="small", layers=1, width=16, heads=2)


def small_network(seed: int = 0, dropout: float = 0.0) -> Classifier:
    return MODEL.network(seed=seed, paired=True, dropout=dropout)


def fitted(
    folder: Path, train: Split, dev: Split, network: Classifier | None = None, **method: Any
) -> tuple[Fitted, Classifier]:
    """Fit a small network; what the fit leaves, and the network with its last weights."""
    network = network or small_network()
    recipe: dict[str, Any] = {"epochs": 2, "batch": 32, "lr": 3e-3, "precision": "32-true"}
    made = fit(
        network, train, dev, method=Method(**(recipe | method)), precision="32-true", positive=1, order_seed=0,
        devices=DEVICES, folder=folder, save=network.save,
    )  # fmt: skip
    return made, network


def encoded_split(split: str) -> Split:
    task = TextMatch(length=24, train=128, dev=96, test=4)
    examples = task.load(split)  # type: ignore[arg-type]
    labels = (examples.frame["label"] == task.positive).to_numpy(dtype=np.int64)
    return Split(encode(examples, MODEL.tokenizer(), "siamese", MODEL.limit), labels, examples.frame["id"].tolist())


@pytest.fixture(scope="session")
def train() -> Split:
    """128 pairs: four steps of 32."""
    return encoded_split("train")


@pytest.fixture(scope="session")
def dev() -> Split:
    """96 pairs: two batches of prediction."""
    return encoded_split("dev")
