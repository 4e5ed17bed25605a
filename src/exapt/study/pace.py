"""How long a run takes on this machine: a few real steps of its model on its own examples are timed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from exapt.data.batching import Batches, prediction_plan, training_plan
from exapt.learning.optimizer import optimizer
from exapt.study.arms import LINEAR
from exapt.study.materials import Encoder
from exapt.study.run import Run

WARM, STEPS = 2, 5  # steps that are not timed, and that are


@dataclass(frozen=True)
class Pace:
    """Seconds of work.

    Attributes:
        train: Seconds for one training example.
        predict: Seconds for one prediction.
    """

    train: float
    predict: float


def measure(run: Run) -> Pace:
    """Time some steps of training and prediction; nothing is kept.

    Raises:
        BadInput: If the model or the data is not at hand.
    """
    encoder = run.encoder()
    assert isinstance(encoder, Encoder)
    train = encoder.material(run.source, "train", run.learned("train"))
    network = run.network(train.examples.paired)
    device = torch.device("cuda" if run.trainer.kind == "gpu" else "cpu")
    network.to(device).train()
    fitter = optimizer(network, run.method)
    precise = run.method.resolved_precision(run.trainer.kind) == "32-true"
    plan = training_plan(train.tokens.lengths, run.method.batch, 0, 0)[: WARM + STEPS]
    seconds: dict[str, list[tuple[float, int]]] = {"train": [], "predict": []}
    for mode, batches in (("train", plan), ("predict", prediction_plan(train.tokens.lengths)[: WARM + STEPS])):
        for batch in Batches(train.tokens, train.split.labels, lambda _, own=batches: own):  # type: ignore[misc]
            inputs = {name: values.to(device) for name, values in batch["inputs"].items()}
            began = time.perf_counter()
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=not precise):
                if mode == "train":
                    cross_entropy(network(inputs), batch["labels"].to(device)).backward()
                    fitter.step()
                    fitter.zero_grad()
                else:
                    with torch.no_grad():
                        network(inputs).float().cpu()
            seconds[mode].append((time.perf_counter() - began, len(batch["labels"])))
    return Pace(*(_each(seconds[mode]) for mode in ("train", "predict")))


def _each(steps: list[tuple[float, int]]) -> float:
    timed = steps[WARM:] or steps
    return float(np.median([second / count for second, count in timed]))


def seconds_of(run: Run, pace: Pace) -> float:
    """What a run will take: training, looks at dev, and predictions of its test splits."""
    test = sum(len(task.load("test")) for task in (run.source, *run.targets.values()))
    if run.arm in LINEAR:
        return 1e-4 * (len(run.training()) + test)  # seconds, whatever the machine
    epochs = run.recipe.keep_epoch or run.recipe.epochs
    train, dev = len(run.training()), len(run.source.load("dev"))
    heads = 2 if run.arm == "treatment" else 1  # a second pass for the features of untrained heads
    return epochs * (train * pace.train + dev * pace.predict) + heads * test * pace.predict
