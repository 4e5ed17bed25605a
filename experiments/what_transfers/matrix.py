"""The transfer matrix and the curves from the finished claims, and every score they rest on in one small file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.evaluation.psychometric import psychometric
from exapt.files import write_atomically, write_json
from exapt.record import Record
from exapt.report.markdown import table
from exapt.report.museum import find_rulings
from exapt.report.table import find_records
from exapt.ruling import Ruling, Target

HERE = Path(__file__).resolve().parent
FAMILY = "what_transfers"
ARMS = ("treatment", "permuted_labels")
CONTROLS = ("untrained_head", "permuted_labels")
SOURCES = ("text_match", "random_match", "dna_synth", "copy", "dyck", "paws_synth")
TARGETS = ("dna_ladder", "dna_pair", "text_match", "paws_synth")
LADDER = "dna_ladder"
KEYS = ["source", "arm", "seed", "task"]
FILES = ("verdicts.json", "scores.parquet", "matrix.md")


def fits(runs: Path) -> Iterator[tuple[str, str, int, Record, Path]]:
    """Source, arm, seed, record and folder of every fit of the claims."""
    for file, record in find_records([runs]):
        source, arm = record.name.removeprefix(f"{FAMILY}-").rsplit("-", 1)
        if record.name.startswith(FAMILY) and arm in ARMS:
            yield source, arm, record.fit.seeds["init"], record, file.parent


def scores_of(runs: Path) -> pd.DataFrame:
    """One row an example, fit and task: what was scored, and how."""
    parts = []
    for source, arm, seed, record, folder in fits(runs):
        for name, score in record.scores.items():
            rows = read_predictions(folder / score.predictions).query("phase == 'trained'")
            positive = rows["label"] == score.data.positive
            part = pd.DataFrame({"example": np.arange(len(rows)), "positive": positive, "score": rows["score"]})
            part["level"], part["group"] = rows.get("level", ""), pd.factorize(rows["group"])[0].astype(np.int16)
            parts.append(part.assign(source=source, arm=arm, seed=seed, task=name))
    frame = pd.concat(parts, ignore_index=True).sort_values([*KEYS, "example"], ignore_index=True)
    frame["score"] = frame["score"].astype(np.float32)
    return frame.astype(dict.fromkeys(["source", "arm", "task", "level"], "category")).astype({"seed": np.int16})


def rescored(frame: pd.DataFrame, keys: Sequence[str] = KEYS) -> pd.Series[float]:
    """The AUROC of each fit on each task, from the scores alone."""
    return frame.groupby(list(keys), observed=True)[["positive", "score"]].apply(
        lambda rows: float(
            auroc(rows["positive"].to_numpy(bool), rows["score"].to_numpy(float), np.ones((1, len(rows))))[0]
        )
    )


def curve(rows: pd.DataFrame) -> float | None:
    """The identity at which one fit's accuracy is midway between chance and its ceiling; None where it has none."""
    found = psychometric(
        rows["positive"].to_numpy(bool), rows["score"].to_numpy(float), rows["group"].astype(str).tolist(),
        rows["level"].astype(str).tolist(), draws=200,
    )  # fmt: skip
    return None if found.threshold is None else found.threshold.value


def distances() -> dict[str, list[float]]:
    """What `distance.py` found, by target."""
    found = json.loads((HERE / "distance.json").read_text(encoding="utf-8"))
    return {name: found[name] for name in TARGETS}


def cell(target: Target) -> str:
    """The treatment; less untrained heads; less permuted labels, each with its interval; the verdict."""
    arms = {arm.arm: arm for arm in target.arms}
    (rung,) = (rung for rung in target.rungs if rung.rung == "transfer")
    less = {one.arm: one.difference for one in rung.contrasts}
    told = [f"{less[name].value:+.3f} [{less[name].low:+.3f}, {less[name].high:+.3f}]" for name in CONTROLS]
    return f"{arms['treatment'].value.value:.3f}; {'; '.join(told)}; {target.verdict}"


def page(rulings: Sequence[Ruling], frame: pd.DataFrame) -> str:
    """Matrix, controls and curves in Markdown."""
    found = {ruling.source: ruling for ruling in rulings}
    rows = []
    for source in SOURCES:
        targets = {target.target: target for target in found[source].targets}
        learned = rescored(frame.query("source == @source and arm == 'treatment' and task == @source"), ["seed"])
        shown = f"{learned.mean():.3f} ({learned.min():.3f} to {learned.max():.3f})"
        rows.append((source, shown, *(cell(targets[name]) if name in targets else "the source" for name in TARGETS)))
    parts = [
        "# What transfers: six sources, four targets",
        "AUROC of the treatment; less the mean of 100 untrained heads; less the mean of ten fits with permuted labels "
        "(95% over ten seeds, the test examples and, against heads, other heads); the verdict of `exapt claim`. "
        "Of the source: mean and range over ten seeds. Generated data, but for `dna_pair`. Made by `matrix.py`.",
        table(("source", "on its own test split", *TARGETS), rows),
        "## The ladder: AUROC by identity",
    ]
    again = rescored(frame.query("task == @LADDER and arm == 'treatment'"), ["source", "level", "seed"])
    levels = sorted(again.index.get_level_values("level").unique(), reverse=True)
    rows = []
    for source in SOURCES:
        told = [again.loc[source, level] for level in levels]
        rows.append((source, *(f"{one.mean():.3f} ({one.min():.3f} to {one.max():.3f})" for one in told)))
    parts.append(table(("source", *(f"identity {level}" for level in levels)), rows))
    rows = []
    for source in SOURCES:
        own = frame.query("source == @source and arm == 'treatment' and task == @LADDER")
        right = ((own["score"] >= 0) == own["positive"]).groupby([own["level"], own["seed"]], observed=True).mean()
        fitted = [curve(one) for _, one in own.groupby("seed")]
        known = [value for value in fitted if value is not None]
        shown = f"{np.mean(known):.2f} ({min(known):.2f} to {max(known):.2f})" if known else "none"
        told = [right.loc[level] for level in levels]
        rows.append(
            (
                source, *(f"{one.mean():.3f} ({one.min():.3f} to {one.max():.3f})" for one in told), shown,
                f"{len(known)} of {len(fitted)}",
            )
        )  # fmt: skip
    parts += [
        "## The ladder: accuracy at the source's threshold by identity, and the psychometric threshold",
        table(
            (
                "source",
                *(f"identity {level}" for level in levels),
                "identity midway to the ceiling",
                "fits that have one",
            ),
            rows,
        ),
    ]
    rows = []
    for source in SOURCES:
        for target in found[source].targets:
            arms = {arm.arm: arm for arm in target.arms}
            told = [
                f"{arms[name].value.value:.3f} [{arms[name].value.low:.3f}, {arms[name].value.high:.3f}]"
                for name in ("treatment", *CONTROLS)
            ]
            best = max(
                (arm for arm in target.arms if arm.arm == "best_baseline"), key=lambda arm: arm.value.value or 0.0
            )
            deviation, heads = arms["treatment"].deviation, arms["untrained_head"].deviation
            name = target.target
            scored = [
                frame[(frame["source"] == source) & (frame["arm"] == arm) & (frame["task"] == name)] for arm in ARMS
            ]
            again = [rescored(one, ["seed"]) for one in scored]
            folded = [f"{np.maximum(one, 1 - one).mean():.3f}" for one in again]
            rows.append(
                (
                    source, target.target, f"{target.n:,}", *told, f"{deviation:.3f}", f"{heads:.3f}", *folded,
                    f"{best.what} {best.value.value:.3f}",
                )
            )  # fmt: skip
    header = (
        "source", "target", "n", "treatment", "untrained heads", "permuted labels", "sd of seeds, treatment",
        "sd of heads", "folded, treatment", "folded, permuted", "best baseline",
    )  # fmt: skip
    parts += [
        "## Treatment and controls",
        "Folded: mean over seeds of max(AUROC, 1 - AUROC), what a seed measures whatever its sign.",
        table(header, rows, text=2),
        "## Before any training",
        "AUROC of minus the L1 distance between the untrained network's features of the two sides, mean and range over "
        "ten seeds: the architecture's own measure of likeness, its sign given by hand. Made by `distance.py`.",
        table(
            ("target", "untrained distance"),
            [(name, f"{np.mean(one):.3f} ({min(one):.3f} to {max(one):.3f})") for name, one in distances().items()],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def write(runs: Path, out: Path = HERE) -> None:
    """Write `verdicts.json`, `scores.parquet` and `matrix.md`."""
    rulings = [ruling for ruling in find_rulings([runs / "claims"]) if ruling.claim.startswith(FAMILY)]
    frame = scores_of(runs)
    held: list[Any] = [ruling.model_dump(mode="json") for ruling in rulings]
    write_json(out / FILES[0], held)
    write_atomically(out / FILES[1], lambda path: frame.to_parquet(path, index=False, compression="zstd"))
    write_atomically(out / FILES[2], lambda path: path.write_text(page(rulings, frame), encoding="utf-8"))


def read(folder: Path = HERE) -> tuple[list[Ruling], pd.DataFrame]:
    """What `write` wrote."""
    held = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    return [Ruling.model_validate(one) for one in held], pd.read_parquet(folder / FILES[1])


def main() -> None:
    """Read the runs, write the tables beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, help="the folder that exapt claim wrote (out=)")
    write(parser.parse_args().runs)
    print((HERE / FILES[2]).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
