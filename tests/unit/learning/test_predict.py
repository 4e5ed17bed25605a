"""Prediction: rows come back in their order, without dropout; untrained heads are what drawing each of them gives."""

from __future__ import annotations

import dataclasses
import os
import signal

import numpy as np
import pytest
import torch

from exapt.data.batching import collate
from exapt.learning.fit import Split
from exapt.learning.predict import predict, predict_untrained
from exapt.models.heads import log_odds
from tests.unit.learning.conftest import DEVICES, small_network


def test_scores_come_in_the_order_of_the_examples(dev: Split) -> None:
    network = small_network(dropout=0.5).train()
    found = predict(network, dev.encoded, positive=1, precision="32-true", devices=DEVICES)
    network.eval()  # dropout must have been off
    with torch.no_grad():
        alone = [float(log_odds(network(collate(dev.encoded, np.array([row]))), 1)) for row in range(len(dev.encoded))]
    assert found.dtype == np.float32
    assert found.shape == (len(dev.encoded),)
    assert np.ptp(found) > 1e-3
    assert np.allclose(found, alone, atol=1e-5)


def test_the_positive_class_decides_the_sign(dev: Split) -> None:
    network = small_network()
    one, other = (predict(network, dev.encoded, positive=p, precision="32-true", devices=DEVICES) for p in (1, 0))
    assert np.array_equal(one, -other)


def test_untrained_heads_are_networks_with_those_heads(dev: Split) -> None:
    network = small_network(seed=3)
    drawn = predict_untrained(network, dev.encoded, heads=5, positive=1, precision="32-true", devices=DEVICES)
    assert drawn.shape == (5, len(dev.encoded))
    # the head of seed 3 is the one that this network began with
    own = predict(network, dev.encoded, positive=1, precision="32-true", devices=DEVICES)
    assert np.allclose(drawn[3], own, atol=1e-6)
    assert len({row.tobytes() for row in drawn}) == 5


def test_a_sigterm_ends_a_prediction(dev: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lightning notes the signal and predicts on; a scheduler would have to kill the process."""
    network, batches = small_network(), []

    def told(inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        if not batches:
            os.kill(os.getpid(), signal.SIGTERM)
        batches.append(len(next(iter(inputs.values()))))
        return type(network).features(network, inputs)

    monkeypatch.setattr(network, "features", told)
    with pytest.raises(SystemExit) as ended:
        predict_untrained(network, dev.encoded, heads=2, positive=1, precision="32-true", devices=DEVICES)
    assert ended.value.code == 143
    assert sum(batches) < len(dev.encoded) or len(batches) == 1


def test_what_reads_the_same_has_the_same_score(dev: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last bit may depend on the batch: pairs that the tokenizer made equal would be ranked by it."""
    network, known = small_network(), dev.encoded
    places = [0, 1, 2, 0, 1, 3, 0]
    sides = tuple([side[k] for k in places] for side in known.sides)
    encoded = dataclasses.replace(known, sides=sides, types=known.types and [known.types[k] for k in places])

    def noisy(inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        features = type(network).features(network, inputs)
        return features + torch.arange(len(features))[:, None] * 1e-3

    monkeypatch.setattr(network, "features", noisy)
    (found,) = predict_untrained(network, encoded, heads=1, positive=1, precision="32-true", devices=DEVICES)
    assert found[0] == found[3] == found[6] and found[1] == found[4]
    assert len(set(found.tolist())) == 4
