"""The arms of a claim that one run can be: the treatment, and controls that take one thing away or do without it."""

from __future__ import annotations

import dataclasses
import re
import zlib
from typing import Literal

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.study.linear import KINDS, Kind
from exapt.tasks.task import SPLITS, Split

Arm = Literal[
    "treatment", "permuted_labels", "shuffled_source", "random_init", "structure_only", "target_supervised",
    "feature_transfer", "bag_of_words",
]  # fmt: skip
# logistic regression in place of the network: nothing of it is drawn from a seed
LINEAR: frozenset[Arm] = frozenset(KINDS)
# what they learn from has no dev split worth choosing on: they keep the epoch that the treatment kept
UNSELECTED: frozenset[Arm] = frozenset({"permuted_labels", "shuffled_source"})


def begun(arm: Arm, model: Pretrained | Scratch) -> Pretrained | Scratch:
    """The model that an arm begins from: for `random_init` the same architecture and tokenizer, all weights drawn anew.

    Raises:
        BadInput: If that arm is asked of a model that was never pretrained.
    """
    if arm != "random_init":
        return model
    if not isinstance(model, Pretrained):
        raise BadInput(f"arm=random_init: {model.name} is trained from scratch anyway; take a pretrained model.")
    return model.drawn_anew()


def linear_kind(arm: Arm) -> Kind | None:
    """What a linear arm reads; None for an arm with a network."""
    return next((kind for kind in KINDS if kind == arm), None)


def recipe(arm: Arm, method: Method) -> Method:
    """The recipe of an arm: where dev means nothing a set epoch is kept, the last if none is, and none stops early.

    Of an arm without a network nothing is left but how many examples it learns from.
    """
    if arm in LINEAR:
        return Method(train_examples=method.train_examples)
    if arm not in UNSELECTED:
        return method
    return dataclasses.replace(method, keep_epoch=method.keep_epoch or method.epochs, patience=None)


def arranged(arm: Arm, examples: Examples, split: Split, seed: int) -> Examples:
    """A split of the source as an arm trains on it.

    `permuted_labels`: the labels are dealt out anew among the rows (Zhang et al. 2017, Understanding deep learning
    requires rethinking generalization). `shuffled_source`: the words of each side stand in random order (Sinha et al.
    2021, Masked language modeling and the distributional hypothesis); the letters, where a side is one word. That takes
    away the label itself where it rests on order alone, as in PAWS.

    Args:
        arm: The arm.
        examples: The rows, of train or dev; test is never arranged.
        split: Which of them.
        seed: `seeds.draw`.
    """
    if arm not in UNSELECTED:
        return examples
    rng = np.random.default_rng([seed, SPLITS.index(split), zlib.crc32(arm.encode())])
    frame = examples.frame
    if arm == "permuted_labels":
        frame = frame.assign(label=rng.permutation(frame["label"].to_numpy(dtype=object)))
    else:
        sides = ["left", "right"] if examples.paired else ["left"]
        frame = frame.assign(**{side: _shuffled(frame[side], rng) for side in sides})
    return Examples(frame, examples.space, examples.origin)


def _shuffled(texts: pd.Series[str], rng: np.random.Generator) -> list[str]:
    found = []
    for text in texts:
        pieces = re.split(r"(\s+)", text)  # words, and the spaces between them, which stay: so does the length
        words = [place for place, piece in enumerate(pieces) if piece and not piece.isspace()]
        if len(words) < 2:
            pieces, words = list(text), list(range(len(text)))
        order = dict(zip(words, rng.permutation(words).tolist(), strict=True))
        found.append("".join(pieces[order.get(place, place)] for place in range(len(pieces))))
    return found
