"""A family of features: one way in which a task might be solved without what it claims to measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from exapt.audit.view import View

Matrix: TypeAlias = np.ndarray | sparse.csr_matrix


@dataclass(frozen=True)
class Family:
    """Features that belong together, and the small model that reads them.

    Attributes:
        name: As it is printed and as a sheet declares it under `signal`, such as "k-mer overlap".
        kind: `format` says nothing on what the sides mean (length, case, one side alone): it always stops a run.
            `content` may be what the task is about: then its sheet declares it.
        model: `trees` for few dense features, whose effect may have any shape and hang on other features; `stumps` for
            features of single sides that are not to be compared with each other: that two sides are alike is content;
            `linear` for many sparse ones.
        applies: Whether a task offers these features (pairs, DNA, ...).
        matrix: The features of every example in the view's order, shape (n, features); labels are not looked at.
        about: What it means if this family tells the label, in words that fit a line.
        remedy: What to do then.
    """

    name: str
    kind: Literal["format", "content"]
    model: Literal["trees", "stumps", "linear"]
    applies: Callable[[View], bool]
    matrix: Callable[[View], Matrix]
    about: str
    remedy: str
