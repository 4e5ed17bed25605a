"""Evens out the two classes of a split, in number or in each bin of GC, and describes what they are made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

GC_BIN = 0.02  # windows of two classes are matched if their GC lies in one bin of this width


def even(rows: pd.DataFrame, classes: tuple[str, str], by_gc: bool, rng: np.random.Generator) -> pd.DataFrame:
    """Draw windows of two classes in equal numbers.

    Args:
        rows: With the columns `label` and `gc` (0 to 1).
        classes: Their names.
        by_gc: Whether the numbers shall be equal in each bin of GC (of width `GC_BIN`) rather than in all.
        rng: Decides which windows of the larger class stay.

    Returns:
        The rows that stay, in their order.
    """
    # a little is added since 0.58 / 0.02 is 28.999...
    bins = np.floor(rows["gc"].to_numpy() / GC_BIN + 1e-6).astype(int) if by_gc else np.zeros(len(rows), int)
    # the rank of each window among those of its class and bin, in random order
    drawn = pd.DataFrame({"label": rows["label"].to_numpy(), "bin": bins}).iloc[rng.permutation(len(rows))]
    rank = drawn.groupby(["label", "bin"]).cumcount().sort_index().to_numpy()
    sizes = [np.bincount(bins[rows["label"].to_numpy() == name], minlength=bins.max(initial=0) + 1) for name in classes]
    kept: pd.DataFrame = rows[rank < np.minimum(*sizes)[bins]]
    return kept


def described(rows: pd.DataFrame, classes: tuple[str, str]) -> str:
    """In words: windows, share, GC, letters and kinds of each class."""
    said = []
    for name in classes[::-1]:
        own = rows[rows["label"] == name]
        if own.empty:
            said.append(f"{name} none")
            continue
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in own["kind"].value_counts().sort_index().items())
        sizes = own["end"] - own["start"]
        said.append(
            f"{name} {len(own):,} windows ({len(own) / len(rows):.1%}; {kinds}) of {sizes.mean():g} letters, "
            f"{own['group'].nunique():,} loci, GC {own['gc'].mean():.3f} (sd {own['gc'].std(ddof=0):.3f})"
        )
    return "; ".join(said)
