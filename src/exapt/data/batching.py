"""Batch plans as pure functions, and a loader whose position is part of a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from exapt.data.encode import Encoded

PREDICTION_BATCH = 64
# batches are cut from pools of this many batches sorted by length: little padding, still nearly random
POOL = 50
Plan = list[np.ndarray]


def training_plan(lengths: np.ndarray, batch: int, seed: int, epoch: int) -> Plan:
    """One epoch's batches: every example once, alike in length within a batch, in random order.

    Args:
        lengths: Tokens of each example, shape (n,).
        batch: Examples a batch over all devices; the last may be smaller.
        seed: `seeds.order`.
        epoch: Counted from 0; every epoch has its own plan.

    Returns:
        Row numbers of each batch, longest example first.
    """
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(lengths))
    batches: Plan = []
    for start in range(0, len(order), batch * POOL):
        pool = order[start : start + batch * POOL]
        pool = pool[np.argsort(-lengths[pool], kind="stable")]
        batches += [pool[i : i + batch] for i in range(0, len(pool), batch)]
    return [batches[i] for i in rng.permutation(len(batches))]


def prediction_plan(lengths: np.ndarray, batch: int = PREDICTION_BATCH) -> Plan:
    """The one fixed plan of predictions: sorted by length, cut into batches.

    The composition of a batch changes the last bits of its scores; so whole batches are dealt to processes, and any
    number of devices gives the same numbers.
    """
    order = np.argsort(-lengths, kind="stable")
    return [order[i : i + batch] for i in range(0, len(order), batch)]


def collate(encoded: Encoded, rows: np.ndarray) -> dict[str, torch.Tensor]:
    """Pad the given rows into tensors.

    Returns:
        `input_ids` and `attention_mask` of shape (rows, tokens), `token_type_ids` where there are some; for siamese
        pairs of shape (2 · rows, tokens), all left sides first.
    """
    sequences = [side[r] for side in encoded.sides for r in rows]
    width = max(len(s) for s in sequences)
    ids = np.full((len(sequences), width), encoded.pad, dtype=np.int64)
    mask = np.zeros((len(sequences), width), dtype=np.int64)
    for i, sequence in enumerate(sequences):
        ids[i, : len(sequence)] = sequence
        mask[i, : len(sequence)] = 1
    made = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
    if encoded.types is not None:
        types = np.zeros_like(ids)
        for i, r in enumerate(rows):
            types[i, : len(encoded.types[r])] = encoded.types[r]
        made["token_type_ids"] = torch.from_numpy(types)
    return made


@dataclass
class Batches:
    """A loader over a plan, with its position as state; no workers, since ids are at hand and padding is cheap.

    Attributes:
        encoded: The examples.
        labels: Class indices, shape (n,), or None for prediction.
        plan: From an epoch's number to its batches.
        deal: Whether whole batches are dealt to processes (prediction) or each batch is shared out (training).
        rank: This process among `world`.
        world: Number of processes.
        epoch: The epoch that the next batch belongs to.
        position: The next batch of that epoch.
    """

    encoded: Encoded
    labels: np.ndarray | None
    plan: Callable[[int], Plan]
    deal: bool = False
    rank: int = 0
    world: int = 1
    epoch: int = 0
    position: int = 0

    def _own(self, epoch: int) -> Plan:
        batches = self.plan(epoch)
        if self.deal:
            return batches[self.rank :: self.world]
        # a last batch with fewer examples than processes would leave one without work
        return [b for b in batches if len(b) >= self.world]

    def __len__(self) -> int:
        return len(self._own(self.epoch))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        epoch, batches = self.epoch, self._own(self.epoch)
        for i in range(self.position, len(batches)):
            # moved on before the batch is handed out: a checkpoint taken after its step points at the next one
            last = i + 1 == len(batches)
            self.epoch, self.position = (epoch + 1, 0) if last else (epoch, i + 1)
            yield self._batch(batches[i])

    def _batch(self, rows: np.ndarray) -> dict[str, Any]:
        mine = rows if self.deal else rows[self.rank :: self.world]
        batch: dict[str, Any] = {"inputs": collate(self.encoded, mine), "rows": torch.from_numpy(mine.copy())}
        if self.labels is not None:
            batch["labels"] = torch.from_numpy(self.labels[mine])
            # gradients are averaged over processes; this makes the average the mean over the whole batch
            batch["weight"] = self.world * len(mine) / len(rows)
        return batch

    def state_dict(self) -> dict[str, int]:
        """Epoch and position of the next batch."""
        return {"epoch": self.epoch, "position": self.position}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue at a saved position."""
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
