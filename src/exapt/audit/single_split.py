"""The smallest model: one column, split once. It hears the one mark that larger models drown among many columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse

from exapt.audit.family import Matrix

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

# of a dense column: closer at its ends, where a mark that few rows carry parts them from the rest
QUANTILES = (0.01, 0.02, 0.04, 0.06, 0.08, *np.linspace(0.1, 0.9, 17).tolist(), 0.92, 0.94, 0.96, 0.98, 0.99)
COUNTS = (1, 2, 4, 8)  # from which a count is a high one
_CELLS, _COLUMNS = 1 << 24, 1 << 16  # looked at together: bounds memory


def single_split(matrix: Matrix, positive: Bools, train: Bools) -> Floats:
    """The one split of one column that parts the classes best in the training rows, for each choice of these.

    A decision stump (Iba and Langley 1992): of all columns and thresholds the one whose table of side by class has the
    largest chi-square. Dense columns are split at quantiles of all rows (labels play no part), counts at 1, 2, 4 and 8.

    Args:
        matrix: Shape (n, features); of dense features, a missing value lies below all others.
        positive: Shape (n,).
        train: Shape (fits, n): the rows that each fit learns from.

    Returns:
        Log-odds of the positive class on the row's side of the split (half a row is added to each cell of the table),
        shape (fits, n); 0 for rows that a fit learned from, and where its rows are of one class or nothing parts them.
    """
    ours, theirs = ((train & side).T.astype(np.float32) for side in (positive, ~positive))
    sizes = ours.sum(axis=0), theirs.sum(axis=0)
    fair = (sizes[0] > 0) & (sizes[1] > 0)
    fits = np.arange(len(train))
    best, above = np.zeros((3, len(train))), np.zeros(train.shape, dtype=bool)  # chi-square, and rows above the split
    if fair.any():
        for sides in _sides(matrix):
            held, other = np.asarray(sides @ ours), np.asarray(sides @ theirs)
            share = (held + other) / sum(sizes).clip(1)
            apart = held / sizes[0].clip(1) - other / sizes[1].clip(1)
            spread = share * (1 - share)
            parts = np.divide(apart**2, spread, out=np.zeros_like(spread), where=spread > 0)
            chosen = parts.argmax(axis=0)
            found = np.stack([values[chosen, fits] for values in (parts, held, other)])
            better = fair & (found[0] > best[0])
            best = np.where(better, found, best)
            rows = sides[chosen[better]]
            above[better] = (rows.toarray() if sparse.issparse(rows) else rows) > 0
    _, held, other = best[..., None]
    inside = np.log((held + 0.5) / (other + 0.5))
    outside = np.log((sizes[0][:, None] - held + 0.5) / (sizes[1][:, None] - other + 0.5))
    told = (best[0] > 0)[:, None] & ~train
    return np.where(told, np.where(above, inside, outside), 0.0)


def _sides(matrix: Matrix) -> Iterator[Singles | sparse.csr_matrix]:
    """Which rows lie above a split, 0 or 1, of shape (splits, n): all splits of all columns, some at a time."""
    if sparse.issparse(matrix):
        columns = sparse.csr_matrix(matrix, dtype=np.float32).T.tocsr()
        for start in range(0, columns.shape[0], _COLUMNS):
            part = columns[start : start + _COLUMNS]
            for count in COUNTS:
                part.data = np.where(part.data >= count, part.data, 0)
                part.eliminate_zeros()
                if part.nnz:
                    yield sparse.csr_matrix((np.ones_like(part.data), part.indices, part.indptr), shape=part.shape)
        return
    dense = np.nan_to_num(np.asarray(matrix, dtype=np.float64), nan=-1e30, posinf=1e30, neginf=-1e30)
    waiting: list[Bools] = []
    places = (np.array(QUANTILES) * (len(dense) - 1)).astype(np.intp)
    for column in dense.T:
        ordered = np.sort(column)
        edges = np.unique(ordered[places])
        # a value that many rows have is a side of its own, whatever share of them lies below it
        many = edges[np.searchsorted(ordered, edges, "right") - np.searchsorted(ordered, edges) > 1]
        waiting += [column > edges[:, None], column >= many[:, None]]
        if sum(map(len, waiting)) * len(dense) > _CELLS:
            yield np.concatenate(waiting).astype(np.float32)
            waiting = []
    if waiting:
        yield np.concatenate(waiting).astype(np.float32)
