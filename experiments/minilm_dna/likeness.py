"""AUROC by the identity of the pairs, what the score follows, and what of it was there before any training."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata, spearmanr

from exapt.data.encode import Encoded
from exapt.estimates import Estimate
from exapt.evaluation.intervals import estimates
from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.features.edit import edit_similarity
from exapt.features.mismatches import mismatches
from exapt.files import write_atomically
from exapt.learning.predict import features
from exapt.report.markdown import estimate, table
from exapt.report.table import find_records
from exapt.study.run import Run

HERE = Path(__file__).resolve().parent
RECORDS, LIKENESS, PAGE = HERE / "records", HERE / "likeness.parquet", HERE / "likeness.md"
CLAIM = "minilm_dna/siamese"  # both claims have the same targets
TARGETS = ("dna_random", "dna_scrambled", "dna_composition")
EDGES, BANDS = (0.8, 0.9), ("under 0.8", "0.8 to 0.9", "0.9 and more")
CONTRAST = "highest less lowest"
FOLLOWED = ("beginning", "ending", "edit")
Floats = npt.NDArray[np.float64]


def likeness(data_dir: Path) -> pd.DataFrame:
    """How alike the sides of every test pair are.

    Returns: target, id, positive; identity as the builder computed it (NaN for negatives); beginning and ending,
        letters that the sides have in common from their first and from their last on; edit similarity; near and
        anew_0 and so on, minus the L1 distance of the sides' features in the siamese model before any training,
        pretrained and with weights drawn anew (a seed each); pieces, Jaccard similarity of the sets of tokens.
    """
    from exapt.cli.claim import compose

    claim = compose(CLAIM, [f"data_dir={data_dir}"])
    run = claim.run("treatment", claim.seeds.first)
    begun = {"near": run} | {f"anew_{seed}": claim.run("random_init", seed) for seed in claim.seeds.all}
    parts = []
    for name in TARGETS:
        material = run.encoder().material(claim.targets[name], "test")
        examples, frame = material.examples, material.examples.frame
        left, right = frame["left"].tolist(), frame["right"].tolist()
        beginning, ending = mismatches(left, right)[:, :2].T.astype(int)
        made = {
            "target": name, "id": frame["id"], "positive": examples.positive,
            "identity": frame["identity"].astype(float).where(examples.positive),
            "beginning": beginning, "ending": ending, "edit": edit_similarity(left, right),
            **{column: nearness(one, material.encoded) for column, one in begun.items()},
            "pieces": [len({*a} & {*b}) / len({*a} | {*b}) for a, b in zip(*material.encoded.sides, strict=True)],
        }  # fmt: skip
        parts.append(pd.DataFrame(made))
    # 45 of 50 letters are to be 0.9 in whatever precision the builder kept them
    digits = {"identity": 6, "edit": 6, "pieces": 6} | dict.fromkeys(begun, 4)
    return pd.concat(parts, ignore_index=True).round(digits)


def nearness(run: Run, encoded: Encoded) -> Floats:
    """Minus the L1 distance of the features of both sides before any training, shape (n,)."""
    given = features(run.network(True), encoded, precision="32-true", devices=run.trainer)
    made: Floats = -given[:, : given.shape[1] // 2].sum(axis=1).astype(np.float64)  # first |u - v|
    return made


Key = tuple[str, str, str]  # claim, arm, target


def fits(records: Path = RECORDS) -> dict[Key, list[pd.DataFrame]]:
    """The trained scores of every fit, a frame a seed with the rows in the same order: id, positive, group, score."""
    found: dict[Key, list[pd.DataFrame]] = {}
    for file, record in sorted(find_records([records]), key=lambda found: sorted(found[1].fit.seeds.items())):
        for name in (name for name in TARGETS if name in record.scores):
            score = record.scores[name]
            rows = read_predictions(file.parent / score.predictions).query("phase == 'trained'").sort_values("id")
            rows = rows.assign(positive=rows["label"] == score.data.positive)[["id", "positive", "group", "score"]]
            found.setdefault((record.name.split("-")[1], record.fit.arm, name), []).append(rows)
    return found


def banded(seeds: list[pd.DataFrame], identity: pd.Series) -> dict[str, tuple[int, Estimate, list[float]]]:
    """By band, and for the highest less the lowest: homologous pairs, mean AUROC over seeds, AUROC of each seed."""
    first = seeds[0]
    if any(list(rows["id"]) != list(first["id"]) for rows in seeds):
        raise SystemExit("likeness: the seeds were not scored on the same pairs")
    positive = first["positive"].to_numpy(bool)
    band = np.digitize(identity.reindex(first["id"]).to_numpy(float), EDGES)
    here = {title: ~positive | (band == number) for number, title in enumerate(BANDS)}

    def areas(weight: Floats) -> dict[str, Floats]:
        """Shape (seeds, draws) a band."""
        made = {
            title: np.stack(
                [auroc(positive[rows], seed["score"].to_numpy(float)[rows], weight[:, rows]) for seed in seeds]
            )
            for title, rows in here.items()
        }
        return made | {CONTRAST: made[BANDS[-1]] - made[BANDS[0]]}

    told = areas(np.ones((1, len(first))))
    mean = estimates(lambda weight: {k: v.mean(axis=0) for k, v in areas(weight).items()}, first["group"].tolist())
    return {
        title: (int((positive & here.get(title, positive)).sum()), mean[title], told[title][:, 0].tolist())
        for title in told
    }


def followed(seeds: list[pd.DataFrame], known: pd.DataFrame) -> list[str]:
    """The cells of a fit's row in the second table; `known` has the pairs' likeness by id."""
    first = seeds[0]
    like = known.loc[first["id"]]
    positive, group = first["positive"].to_numpy(bool), first["group"].tolist()
    scored = [seed["score"].to_numpy(float) for seed in seeds]
    beginning = like["beginning"].to_numpy(float)

    def areas(weight: Floats) -> dict[str, Floats]:
        alone = auroc(positive, beginning, weight)
        own = np.stack([auroc(positive, score, weight) for score in scored]).mean(axis=0)
        equal = np.stack([within(positive, score, beginning, weight) for score in scored]).mean(axis=0)
        return {"alone": alone, "less": own - alone, "equal": equal}

    found = estimates(areas, group)
    cells = [f"{int(positive.sum()):,}, {int((~positive).sum()):,}", *(estimate(value) for value in found.values())]
    columns = like[list(FOLLOWED)].to_numpy(float)
    for place in range(len(FOLLOWED)):
        cells.append(", ".join(f"{along(score[positive], columns[positive], place):.2f}" for score in scored))
    cells.append(", ".join(f"{spearmanr(score[~positive], beginning[~positive]).statistic:.2f}" for score in scored))
    return cells


def untrained(seeds: list[pd.DataFrame], known: pd.DataFrame) -> list[str]:
    """The cells of a siamese fit's row in the third table."""
    first = seeds[0]
    positive = first["positive"].to_numpy(bool)
    like = known.loc[first["id"]]
    near = like["near"].to_numpy(float)
    kinds = {"near": ["near"], "anew": [name for name in like if name.startswith("anew_")], "pieces": ["pieces"]}
    scored = [seed["score"].to_numpy(float) for seed in seeds]

    def areas(weight: Floats) -> dict[str, Floats]:
        own = np.stack([auroc(positive, score, weight) for score in scored]).mean(axis=0)
        alone = {
            kind: np.stack([auroc(positive, like[name].to_numpy(float), weight) for name in names]).mean(axis=0)
            for kind, names in kinds.items()
        }
        return {"own": own, **alone, "brought": alone["near"] - alone["anew"], "less": own - alone["near"]}

    cells = [str(len(first)), *(estimate(found) for found in estimates(areas, first["group"].tolist()).values())]
    for rows in (positive, ~positive):
        cells.append(", ".join(f"{spearmanr(score[rows], near[rows]).statistic:.2f}" for score in scored))
    given = ((a, np.column_stack([b, near])) for a, b in itertools.combinations(scored, 2))
    return [*cells, ", ".join(f"{along(score, columns, 0):.2f}" for score, columns in given)]


def within(positive: npt.NDArray[np.bool_], score: Floats, stratum: Floats, weight: Floats) -> Floats:
    """AUROC over all pairs of a positive and a negative of the same stratum, shape (draws,)."""
    ahead, pairs = np.zeros(len(weight)), np.zeros(len(weight))
    for value in np.unique(stratum):
        rows = stratum == value
        if not 0 < positive[rows].sum() < rows.sum():
            continue
        counted = weight[:, rows & positive].sum(axis=1) * weight[:, rows & ~positive].sum(axis=1)
        ahead += np.where(counted > 0, auroc(positive[rows], score[rows], weight[:, rows]), 0) * counted
        pairs += counted
    made: Floats = ahead / pairs
    return made


def along(score: Floats, columns: Floats, place: int) -> float:
    """Spearman's correlation with one column, given the others: Pearson's of what their ranks leave of its ranks."""
    ranks = rankdata(np.column_stack([score, columns]), axis=0)
    others = np.column_stack([np.ones(len(ranks)), np.delete(ranks[:, 1:], place, axis=1)])
    left = ranks - others @ np.linalg.lstsq(others, ranks, rcond=None)[0]
    return float(np.corrcoef(left[:, 0], left[:, 1 + place])[0, 1])


def page(records: Path = RECORDS) -> str:
    """The three tables in Markdown."""
    known = {name: rows.set_index("id") for name, rows in pd.read_parquet(LIKENESS).groupby("target")}
    every = dict(sorted(fits(records).items()))
    rows = []
    for (claim, arm, target), seeds in every.items():
        found = banded(seeds, known[target]["identity"])
        cells = [
            f"{estimate(mean)} (seeds {min(each):.3f} to {max(each):.3f})" + (f", n = {n:,}" if title in BANDS else "")
            for title, (n, mean, each) in found.items()
        ]
        rows.append((claim, arm, target, str(len(seeds)), *cells))
    key = ("claim", "arm", "target")
    by_identity = table((*key, "seeds", *(f"identity {title}" for title in BANDS), CONTRAST), rows, text=3)
    header = (
        *key, "homologs, negatives", "common beginning alone, AUROC", "the fits less it", "at equal beginning, AUROC",
        *(f"score and {column}, homologs" for column in FOLLOWED), "score and beginning, negatives",
    )  # fmt: skip
    follows = table(header, [(*named, *followed(seeds, known[named[2]])) for named, seeds in every.items()], text=3)
    siamese = [(named, seeds) for named, seeds in every.items() if named[0] == "siamese"]
    columns = (
        "arm", "target", "n", "the fits, AUROC", "pretrained", "drawn anew", "word pieces",
        "pretrained less drawn anew", "the fits less pretrained", "score and nearness, homologs", "negatives",
        "scores of two seeds, given nearness",
    )  # fmt: skip
    before = table(columns, [(*named[1:], *untrained(seeds, known[named[2]])) for named, seeds in siamese], text=2)
    brackets = (
        "Mean over seeds, in brackets the 95% percentile interval of a bootstrap over groups of the test set (1,000 "
        "draws; the spread between seeds is not in it)"
    )
    return (
        "# MiniLM on DNA: identity, and what the score follows\n\nMade by `likeness.py`.\n\n## By identity\n\n"
        "AUROC of the homologous pairs of a band (n) against all negatives of the target. "
        f"{brackets}, then the seeds' range. Identity: of the two 50-letter strings, as the builder computed it.\n\n"
        f"{by_identity}\n\n## What the score follows (looked at after the results were known)\n\n"
        "Beginning, ending: letters that both strings have in common from the first, or the last, on; edit: edit "
        f"similarity. {brackets}. At equal beginning: a homolog is compared with the negatives that have as many "
        "letters in common from the first on. Score and beginning, ending or edit: Spearman's correlation among "
        "homologs given the other two (of ranks, less what the others' ranks explain), seeds 0, 1, 2, without an "
        f"interval; among negatives with the beginning alone.\n\n{follows}\n\n"
        "## Siamese: before any training (looked at after the results were known)\n\nAUROC of minus the L1 distance "
        "between the sides' features in the pretrained model (nearness, in all rows) and in one with weights drawn "
        "anew (mean of three draws), and of the Jaccard similarity of the sides' word pieces; no label of ours has "
        "touched these, and their sign is fixed: near is homologous. "
        f"{brackets}. "
        "Score and nearness: Spearman's correlation, seeds 0, 1, 2; scores of two seeds given nearness: over all "
        "pairs, less what nearness explains, seeds 0 and 1, 0 and 2, 1 and 2.\n\n"
        f"{before}\n"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `likeness.md`, and with `--data-dir` first `likeness.parquet`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="folder of local data, to write likeness.parquet from")
    given = parser.parse_args(arguments)
    if given.data_dir is not None:
        made = likeness(given.data_dir)
        write_atomically(LIKENESS, lambda path: made.to_parquet(path, index=False, compression="zstd"))
    write_atomically(PAGE, lambda path: path.write_text(page(), encoding="utf-8"))


if __name__ == "__main__":
    main()
