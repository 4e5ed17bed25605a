"""Batch plans as functions of lengths, seed and epoch; a loader that continues exactly; shares that add up."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.data.batching import POOL, Batches, Plan, collate, prediction_plan, training_plan
from exapt.data.encode import Encoded
from exapt.record import Tokens

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=120).map(np.array)
SEEDS = st.integers(0, 2**31 - 1)
TOKENS = Tokens(mean=1.0, unknown_tokens=0.0, unknown_characters=0.0, truncated=0.0)


def encoded_of(*sides: list[list[int]], types: list[list[int]] | None = None, pad: int = 0) -> Encoded:
    rows = tuple([np.array(row, dtype=np.int32) for row in side] for side in sides)
    return Encoded(rows, None if types is None else [np.array(t, dtype=np.int32) for t in types], pad, TOKENS)


def numbered(lengths: np.ndarray) -> Encoded:
    """Row i is i + 1, repeated: a batch tells which examples it holds."""
    return encoded_of([[i + 1] * int(n) for i, n in enumerate(lengths)])


def same(one: Plan, other: Plan) -> bool:
    return [b.tolist() for b in one] == [b.tolist() for b in other]


# --- plans


@settings(max_examples=40)
@given(LENGTHS, st.integers(1, 17), SEEDS, st.integers(0, 5))
def test_an_epoch_holds_every_example_once(lengths: np.ndarray, batch: int, seed: int, epoch: int) -> None:
    plan = training_plan(lengths, batch, seed, epoch)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(lengths)))
    sizes = sorted(map(len, plan))
    assert sizes[1:] == [batch] * (len(plan) - 1)  # all are full but one
    assert 1 <= sizes[0] <= batch
    assert len(plan) == -(-len(lengths) // batch)
    assert same(plan, training_plan(lengths, batch, seed, epoch))


def test_seed_and_epoch_each_give_their_own_plan() -> None:
    lengths = np.full(64, 10)
    plans = [training_plan(lengths, 8, seed, epoch) for seed in (0, 1) for epoch in (0, 1)]
    for i, plan in enumerate(plans):
        assert not any(same(plan, other) for other in plans[:i])
        sets = {frozenset(b.tolist()) for b in plan}
        assert all(sets != {frozenset(b.tolist()) for b in other} for other in plans[:i])


def test_plan_leaves_the_global_generator_alone() -> None:
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    training_plan(np.arange(1, 50), 8, 0, 0)
    assert np.random.random() == expected


def padding(plan: Plan, lengths: np.ndarray) -> float:
    """Share of a plan's tokens that are padding."""
    filled = sum(int(lengths[b].max()) * len(b) for b in plan)
    return 1 - int(lengths.sum()) / filled


@pytest.mark.parametrize("seed", range(3))
def test_batches_are_alike_in_length(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(10, 100, size=3000)
    order = rng.permutation(len(lengths))
    random = [order[i : i + 32] for i in range(0, len(order), 32)]
    assert padding(random, lengths) > 0.4
    assert padding(training_plan(lengths, 32, seed, 0), lengths) < 0.05
    assert padding(prediction_plan(lengths), lengths) < 0.05


def test_short_and_long_batches_stand_in_no_order() -> None:
    """Sorted batches would teach short examples first."""
    lengths = np.arange(32 * POOL)
    means = [lengths[b].mean() for b in training_plan(lengths, 32, 0, 0)]
    place = np.corrcoef(np.arange(len(means)), means)[0, 1]
    assert abs(place) < 0.4
    # over several pools: company is drawn anew from all examples
    mates = [frozenset(b.tolist()) for b in training_plan(np.tile(np.arange(1, 11), 400), 32, 0, 0)]
    again = [frozenset(b.tolist()) for b in training_plan(np.tile(np.arange(1, 11), 400), 32, 0, 1)]
    assert max(len(a & b) for a in mates for b in again) < 16


@settings(max_examples=40)
@given(LENGTHS, st.integers(1, 17))
def test_prediction_plan_is_fixed(lengths: np.ndarray, batch: int) -> None:
    plan = prediction_plan(lengths, batch)
    flat = np.concatenate(plan)
    assert sorted(flat.tolist()) == list(range(len(lengths)))
    assert (np.diff(lengths[flat]) <= 0).all()
    # equal lengths keep the order of the table
    assert all(a < b for a, b in pairwise(flat) if lengths[a] == lengths[b])
    assert [len(b) for b in plan[:-1]] == [batch] * (len(plan) - 1)


# --- the loader


def loader(lengths: np.ndarray, batch: int, **options: Any) -> Batches:
    labels = np.arange(len(lengths)) % 2
    return Batches(numbered(lengths), labels, lambda epoch: training_plan(lengths, batch, 7, epoch), **options)


def rows(batches: Any) -> list[list[int]]:
    return [batch["rows"].tolist() for batch in batches]


@settings(max_examples=25)
@given(LENGTHS, st.integers(1, 17))
def test_resumes_at_every_position(lengths: np.ndarray, batch: int) -> None:
    whole = loader(lengths, batch)
    epochs = [rows(whole) for _ in range(3)]
    assert epochs == [[b.tolist() for b in training_plan(lengths, batch, 7, e)] for e in range(3)]
    flat = [r for epoch in epochs for r in epoch]
    per = len(epochs[0])
    for done in range(2 * per + 1):
        first = loader(lengths, batch)
        for epoch in range(3):
            left = done - epoch * per
            # a step has been made on each batch that was handed out
            list(islice(iter(first), max(min(left, per), 0)))
        second = loader(lengths, batch)
        second.load_state_dict(first.state_dict())
        assert second.state_dict() == {"epoch": done // per, "position": done % per}
        rest = rows(second)  # to the end of the epoch
        assert rest == flat[done : (done // per + 1) * per]
        if done // per < 2:
            assert rows(second) == epochs[done // per + 1]


def test_state_points_behind_the_batch_in_hand() -> None:
    """A checkpoint is taken after the step, before the next batch is asked for."""
    first = loader(np.full(6, 3), 2)
    seen = [(batch["rows"].tolist(), first.state_dict()) for batch in first]
    assert [state for _, state in seen] == [
        {"epoch": 0, "position": 1},
        {"epoch": 0, "position": 2},
        {"epoch": 1, "position": 0},
    ]


@settings(max_examples=40)
@given(LENGTHS, st.integers(1, 17), st.integers(1, 4))
def test_training_shares_are_disjoint_and_complete(lengths: np.ndarray, batch: int, world: int) -> None:
    plan = training_plan(lengths, batch, 7, 0)
    ranks = [list(loader(lengths, batch, rank=r, world=world)) for r in range(world)]
    kept = [b for b in plan if len(b) >= world]  # a batch that does not go round is left out by all
    assert {len(own) for own in ranks} == {len(kept)} == {len(loader(lengths, batch, world=world))}
    for i, whole in enumerate(kept):
        shares = [own[i]["rows"].tolist() for own in ranks]
        assert all(shares)
        assert sorted(chain.from_iterable(shares)) == sorted(whole.tolist())
        # the mean over processes of weighted means is the mean over the batch
        values = lengths.astype(float)
        mean = np.mean([own[i]["weight"] * values[own[i]["rows"].numpy()].mean() for own in ranks])
        assert mean == pytest.approx(values[whole].mean())
        assert np.mean([own[i]["weight"] for own in ranks]) == pytest.approx(1.0)


@settings(max_examples=40)
@given(LENGTHS, st.integers(1, 17), st.integers(1, 4))
def test_prediction_deals_whole_batches(lengths: np.ndarray, batch: int, world: int) -> None:
    plan = prediction_plan(lengths, batch)
    encoded = numbered(lengths)
    dealt = [
        [b["rows"].tolist() for b in Batches(encoded, None, lambda _: plan, deal=True, rank=r, world=world)]
        for r in range(world)
    ]
    found = Counter(tuple(b) for own in dealt for b in own)
    assert found == Counter(tuple(b.tolist()) for b in plan)


def test_a_batch_holds_its_examples_and_their_labels() -> None:
    lengths = np.array([3, 1, 2, 5, 4, 2, 2])
    for batch in loader(lengths, 3, rank=1, world=2):
        ids = batch["inputs"]["input_ids"]
        assert (ids[:, 0] - 1).tolist() == batch["rows"].tolist()
        assert batch["labels"].tolist() == [r % 2 for r in batch["rows"].tolist()]
    unlabelled = Batches(numbered(lengths), None, lambda _: prediction_plan(lengths), deal=True)
    assert all(set(b) == {"inputs", "rows"} for b in unlabelled)


# --- collate


def test_collate_pads_behind() -> None:
    encoded = encoded_of([[5, 6, 7], [8], [9, 4]], types=[[0, 0, 1], [1], [0, 1]], pad=3)
    made = collate(encoded, np.array([1, 0]))
    assert made["input_ids"].tolist() == [[8, 3, 3], [5, 6, 7]]
    assert made["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 1]]
    assert made["token_type_ids"].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert all(t.dtype == torch.int64 for t in made.values())
    # as wide as its own longest row
    assert collate(encoded, np.array([1, 2]))["input_ids"].shape == (2, 2)


def test_collate_stacks_left_sides_before_right_ones() -> None:
    made = collate(encoded_of([[1, 2], [3]], [[4], [5, 6, 7]], pad=9), np.array([1, 0]))
    assert made["input_ids"].tolist() == [[3, 9, 9], [1, 2, 9], [5, 6, 7], [4, 9, 9]]
    assert made["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 0]]
    assert set(made) == {"input_ids", "attention_mask"}


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=9), min_size=1, max_size=9))
def test_the_mask_gives_the_rows_back(side: list[list[int]]) -> None:
    """A token may have the pad's id: only the mask tells."""
    made = collate(encoded_of(side, pad=0), np.arange(len(side)))
    back = [ids[mask.bool()].tolist() for ids, mask in zip(made["input_ids"], made["attention_mask"], strict=True)]
    assert back == side
