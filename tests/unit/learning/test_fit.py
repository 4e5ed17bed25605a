"""Fitting: the best epoch by the source's dev split, early stopping, faults by name, going on where a fit stopped."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from exapt.data.encode import Encoded
from exapt.errors import BadInput
from exapt.learning.fit import Split
from exapt.learning.predict import predict
from exapt.record import Tokens
from tests.unit.learning.conftest import DEVICES, fitted, small_network

STILL = {"lr": 1e-12, "weight_decay": 0.0}  # weights that hardly move: every epoch gives the same dev metrics


def saved_step(folder: Path) -> int:
    return int(torch.load(folder / "resume" / "state.ckpt", weights_only=True)["global_step"])


def test_training_lowers_the_loss_and_leaves_its_curve(train: Split, dev: Split, tmp_path: Path) -> None:
    made, _ = fitted(tmp_path, train, dev, epochs=6, select="loss")
    first, last = made.history[0], made.history[-1]
    assert [row["epoch"] for row in made.history] == [1, 2, 3, 4, 5, 6]
    assert [row["step"] for row in made.history] == [4, 8, 12, 16, 20, 24]
    assert last["train_loss"] < first["train_loss"] - 0.02
    assert last["dev_loss"] < math.log(2)
    assert made.examples_per_second > 0
    rows = pd.read_csv(tmp_path / "metrics.csv")
    assert rows.loc[rows["train_loss"].notna(), "step"].tolist() == [10, 20]
    assert rows["dev_loss"].dropna().tolist() == pytest.approx([row["dev_loss"] for row in made.history])
    # linear after a warm-up of 2.4 steps; the rate of the step to come
    assert rows["lr"].dropna().tolist() == pytest.approx([3e-3 * (24 - s) / 21.6 for s in (10, 20)])


@pytest.mark.parametrize("select", ["loss", "accuracy", "auroc"])
def test_the_best_epoch_is_the_best_on_dev_and_its_weights_are_kept(
    select: str, train: Split, dev: Split, tmp_path: Path
) -> None:
    # a rate so high that the curve goes up and down
    made, network = fitted(tmp_path, train, dev, epochs=5, lr=0.05, schedule="constant", select=select, clip=None)
    column = [row[f"dev_{select}"] for row in made.history]
    assert len(set(column)) > 1
    assert made.best == made.history[int(np.argmin(column) if select == "loss" else np.argmax(column))]
    assert [p.name for p in (tmp_path / "resume").glob("best-*")] == [f"best-{made.best['epoch']:.0f}"]
    network.load(made.weights)
    odds = predict(network, dev.encoded, positive=1, precision="32-true", devices=DEVICES).astype(np.float64)
    loss = np.logaddexp(0, np.where(dev.labels == 1, -odds, odds)).mean()
    assert loss == pytest.approx(made.best["dev_loss"], rel=1e-5)


def test_ties_keep_the_earlier_epoch(train: Split, dev: Split, tmp_path: Path) -> None:
    made, _ = fitted(tmp_path, train, dev, epochs=3, select="accuracy", **STILL)
    assert len({row["dev_accuracy"] for row in made.history}) == 1
    assert made.best["epoch"] == 1


def test_patience_ends_a_fit_and_a_restarted_one_does_not_train_on(train: Split, dev: Split, tmp_path: Path) -> None:
    made, _ = fitted(tmp_path, train, dev, epochs=5, patience=2, **STILL)
    assert [row["epoch"] for row in made.history] == [1, 2, 3]
    rows = (tmp_path / "metrics.csv").read_bytes()
    again, _ = fitted(tmp_path, train, dev, epochs=5, patience=2, **STILL)
    assert again.history == made.history
    assert again.best == made.best
    assert saved_step(tmp_path) == 12
    assert (tmp_path / "metrics.csv").read_bytes() == rows


def test_without_patience_all_epochs_are_run(train: Split, dev: Split, tmp_path: Path) -> None:
    made, _ = fitted(tmp_path, train, dev, epochs=4, **STILL)
    assert len(made.history) == 4


def test_a_finished_fit_that_is_started_again_gives_the_same(train: Split, dev: Split, tmp_path: Path) -> None:
    made, _ = fitted(tmp_path, train, dev)
    again, _ = fitted(tmp_path, train, dev, network=small_network(seed=5))
    assert (again.history, again.best, again.weights) == (made.history, made.best, made.weights)
    assert again.examples_per_second == 0


def test_dropout_is_on_in_training_even_if_the_network_comes_in_evaluation_mode(
    train: Split, dev: Split, tmp_path: Path
) -> None:
    curves = []
    for rate in (0.0, 0.5):
        made, _ = fitted(tmp_path / str(rate), train, dev, network=small_network(dropout=rate).eval(), epochs=1)
        curves.append(made.history[0]["train_loss"])
    assert abs(curves[0] - curves[1]) > 1e-4


def test_a_tiny_clip_keeps_the_weights_where_they_are(train: Split, dev: Split, tmp_path: Path) -> None:
    """AdamW divides the size of gradients away, down to its epsilon of 1e-8: only far below it a clip shows."""
    moved = {}
    for clip in (None, 1e-9):
        network = small_network()
        before = torch.cat([p.detach().flatten() for p in network.parameters()])
        fitted(tmp_path / str(clip), train, dev, network=network, epochs=1, clip=clip, weight_decay=0.0)
        moved[clip] = float((torch.cat([p.detach().flatten() for p in network.parameters()]) - before).norm())
    assert moved[None] > 0.1
    assert moved[1e-9] < 0.05 * moved[None]


def test_a_loss_that_is_no_number_names_step_and_examples(train: Split, dev: Split, tmp_path: Path) -> None:
    network = small_network()
    with torch.no_grad():
        network.head.weight[0, 0] = math.nan  # type: ignore[index, operator]
    with pytest.raises(BadInput) as caught:
        fitted(tmp_path, train, dev, network=network)
    text = str(caught.value)
    assert text.startswith("step 0: the loss is nan on the examples ")
    named = text.partition("examples ")[2].partition(";")[0].split(", ")
    assert len(set(named)) == 32
    assert set(named) <= set(train.ids)
    assert "\n" not in text
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == []


def test_dev_scores_that_are_no_numbers_stop_the_fit(tmp_path: Path) -> None:
    """A token that only dev has is not a number: the training loss shows nothing of it."""
    none = Tokens(mean=0.0, unknown_tokens=0.0, unknown_characters=0.0, truncated=0.0)

    def split(low: int, high: int) -> Split:
        rng = np.random.default_rng(low)
        sides = tuple([rng.integers(low, high, size=6).astype(np.int32) for _ in range(32)] for _ in range(2))
        return Split(Encoded(sides, None, 0, none), np.arange(32) % 2, [f"e{i}" for i in range(32)])

    network = small_network()
    with torch.no_grad():
        network.backbone.embeddings.word_embeddings.weight[40:] = math.nan  # type: ignore[union-attr, index, operator]
    with pytest.raises(BadInput, match=r"^step 1: the dev loss is nan; lower method\.lr\.$"):
        fitted(tmp_path, split(4, 40), split(40, 50), network=network, epochs=1)
    assert not list(tmp_path.rglob("best-*"))


def test_a_state_holds_no_pickled_code(train: Split, dev: Split, tmp_path: Path) -> None:
    fitted(tmp_path, train, dev, epochs=1)
    state = torch.load(tmp_path / "resume" / "state.ckpt", weights_only=True)
    assert json.dumps(state["callbacks"]["History"])
    assert state["optimizer_states"]
