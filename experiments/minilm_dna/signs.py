"""Where the scores of every fit lie, and whether its own source already shows the sign that it has on DNA."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from exapt.estimates import Estimate
from exapt.evaluation.intervals import estimates
from exapt.evaluation.predictions import read_predictions
from exapt.features.edit import edit_similarity
from exapt.files import write_atomically
from exapt.report.markdown import estimate, table
from exapt.report.table import find_records
from exapt.tasks.random_match import RandomMatch

HERE = Path(__file__).resolve().parent
RECORDS, PAGE = HERE / "records", HERE / "signs.md"
TARGETS = ("dna_random", "dna_scrambled", "dna_composition")
LOW, HIGH = 0.7, 0.8  # edit similarity of a source's matches: under it, and from it on
Floats = npt.NDArray[np.float64]


def placed(records: Path = RECORDS) -> list[tuple[str, ...]]:
    """A row a fit: of its own source's test split and of each target three numbers, as the page explains them."""
    rows = []
    for file, record in find_records([records]):
        scores = {"own": next(one for one in record.scores.values() if one.role == "source"), **record.scores}
        if not set(TARGETS) <= set(scores):
            continue
        cells = []
        for name in ("own", *TARGETS):
            kept = read_predictions(file.parent / scores[name].predictions).query("phase == 'trained'")
            cell = f"{(kept['score'] >= 0).mean():.3f}, {kept['score'].std():.3f}"
            positive = kept["label"] == scores[name].data.positive
            cells.append(cell if name == "own" else f"{cell}, {blocks(kept.assign(positive=positive)):.3f}")
        rows.append((record.name.split("-")[1], record.fit.arm, str(record.fit.seeds["draw"]), *cells))
    return sorted(rows)


def blocks(rows: pd.DataFrame) -> float:
    """Share of groups (swap blocks) whose positives score more than their negatives on average; ties count half."""
    mean = rows.groupby(["group", "positive"])["score"].mean().unstack()
    return float(((mean[True] > mean[False]) + 0.5 * (mean[True] == mean[False])).mean())


def on_own_source(records: Path = RECORDS) -> list[tuple[str, ...]]:
    """A row a fit on random letters: whether its score rises with likeness among its source's own matches."""
    examples = RandomMatch(train=8592, dev=800, test=800).load("test")  # as the claim's sheet has it
    edit = pd.Series(
        edit_similarity(*(examples.frame[side].tolist() for side in ("left", "right"))), examples.frame["id"]
    )
    rows = []
    for file, record in find_records([records]):
        if record.fit.arm != "structure_only":
            continue
        score = next(one for one in record.scores.values() if one.data.digest == examples.digest)
        kept = read_predictions(file.parent / score.predictions).query("phase == 'trained'")
        kept = kept[kept["label"] == score.data.positive]
        alike = edit[kept["id"]].to_numpy()
        cells = [record.name.split("-")[1], str(record.fit.seeds["draw"]), f"{record.fit.best['epoch']:.0f}"]
        for part in (kept[alike < LOW], kept[alike >= HIGH]):
            ranks = rankdata(np.column_stack([part["score"], edit[part["id"]]]), axis=0)
            cells.append(f"{estimate(correlated(ranks, part['group'].tolist()))}, n = {len(part)}")
        known = record.scores["dna_random"].trained.metrics["auroc"]
        rows.append((*cells, estimate(known)))
    return sorted(rows)


def correlated(ranks: Floats, group: list[str]) -> Estimate:
    """Pearson's correlation of two columns, here ranks, over draws of groups."""

    def measure(weight: Floats) -> dict[str, Floats]:
        share = weight / weight.sum(axis=1, keepdims=True)
        x, y = (ranks[:, k] - (share @ ranks[:, k])[:, None] for k in (0, 1))
        both, left, right = ((share * part).sum(axis=1) for part in (x * y, x * x, y * y))
        return {"it": both / np.sqrt(left * right)}

    return estimates(measure, group)["it"]


def page(records: Path = RECORDS) -> str:
    """Both tables in Markdown."""
    lies = table(("claim", "arm", "seed", "own source's test", *TARGETS), placed(records), text=2)
    columns = ("claim", "seed", "epoch kept", f"edit similarity under {LOW}", f"{HIGH} and more", "dna_random, AUROC")
    source = table(columns, on_own_source(records), text=1)
    return (
        "# MiniLM on DNA: where the scores lie, and their sign\n\nMade by `signs.py`, after the results were known.\n\n"
        "## Where they lie\n\n"
        "Share of the test examples that the fit calls positive at its own threshold; standard deviation of its scores "
        "(log odds) over them; of targets also the share of groups in which homologs score more than negatives on "
        "average. Half of the examples of a target are homologs. Groups of random and scrambled negatives are swap "
        "blocks of two homologs and two negatives in which every string stands once under each label, so that what a "
        "score says of single strings cancels; groups of composition-matched ones are a homolog and a negative.\n\n"
        f"{lies}\n\n## The sign of a fit on random letters, on its own source and on DNA\n\n"
        "Spearman's correlation of score and edit similarity among the matches of the source's own test split, and "
        "AUROC with random negatives; in brackets 95% percentile intervals of a bootstrap over groups of each test "
        f"set (1,000 draws).\n\n{source}\n"
    )


def main() -> None:
    """Write `signs.md`."""
    write_atomically(PAGE, lambda path: path.write_text(page(), encoding="utf-8"))


if __name__ == "__main__":
    main()
