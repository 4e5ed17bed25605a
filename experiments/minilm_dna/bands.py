"""AUROC by the identity of the pairs: each band's homologs against all unrelated pairs, from records and identities."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from exapt.estimates import Estimate
from exapt.evaluation.intervals import estimates
from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.files import write_atomically
from exapt.report.markdown import estimate, table
from exapt.report.table import find_records

HERE = Path(__file__).resolve().parent
RECORDS, IDENTITIES, PAGE = HERE / "records", HERE / "identities.parquet", HERE / "bands.md"
CLAIM = "minilm_dna/joint"  # both claims have the same targets
TARGETS = ("dna_random", "dna_scrambled", "dna_composition")
EDGES, BANDS = (0.8, 0.9), ("under 0.8", "0.8 to 0.9", "0.9 and more")
CONTRAST = "highest less lowest"
Floats = npt.NDArray[np.float64]


def identities(data_dir: Path) -> pd.DataFrame:
    """The identity of every homologous test pair, as the builder computed it: target, id, identity."""
    from exapt.cli.claim import compose

    targets = compose(CLAIM, [f"data_dir={data_dir}"]).targets
    parts = []
    for name in TARGETS:
        frame = targets[name].load("test").frame
        kept = frame.loc[frame["label"] == "homologous", ["id", "identity"]]
        parts.append(kept.astype({"identity": np.float32}).assign(target=name))
    return pd.concat(parts, ignore_index=True)


Key = tuple[str, str, str]  # claim, arm, target


def fits(records: Path = RECORDS) -> dict[Key, list[pd.DataFrame]]:
    """The trained scores of every fit, a frame a seed with the rows in the same order: id, positive, group, score."""
    found: dict[Key, list[pd.DataFrame]] = {}
    for file, record in find_records([records]):
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
        raise SystemExit("bands: the seeds were not scored on the same pairs")
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


def page(records: Path = RECORDS) -> str:
    """The bands in Markdown: mean over seeds with its interval, and the range over seeds."""
    known = pd.read_parquet(IDENTITIES).set_index(["target", "id"])["identity"]
    rows = []
    for (claim, arm, target), seeds in fits(records).items():
        found = banded(seeds, known[target])
        cells = [
            f"{estimate(mean)} (seeds {min(each):.3f} to {max(each):.3f})" + (f", n = {n:,}" if title in BANDS else "")
            for title, (n, mean, each) in found.items()
        ]
        rows.append((claim, arm, target, str(len(seeds)), *cells))
    said = (
        "AUROC of the homologous pairs of a band (n) against all negatives of the target: mean over seeds, in brackets "
        "the 95% percentile interval of a bootstrap over groups of the test set (1,000 draws; the spread between seeds "
        "is not in it), then the seeds' range. Identity: of the two 50-letter strings, as the builder computed it. "
        "Made by `bands.py`."
    )
    header = ("claim", "arm", "target", "seeds", *(f"identity {title}" for title in BANDS), CONTRAST)
    return f"# MiniLM on DNA by identity\n\n{said}\n\n{table(header, rows, text=3)}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `bands.md`, and with `--data-dir` first `identities.parquet`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="folder of local data, to write identities.parquet from")
    given = parser.parse_args(arguments)
    if given.data_dir is not None:
        made = identities(given.data_dir)
        write_atomically(IDENTITIES, lambda path: made.to_parquet(path, index=False, compression="zstd"))
    write_atomically(PAGE, lambda path: path.write_text(page(), encoding="utf-8"))


if __name__ == "__main__":
    main()
