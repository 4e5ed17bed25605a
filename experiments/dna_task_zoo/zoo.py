"""One table of all tasks that Exapt makes or reads, with what the trivial baselines score on them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from exapt.builders.negatives import KINDS, LengthMatched, NearMiss
from exapt.errors import BadInput
from exapt.evaluation.intervals import estimates
from exapt.evaluation.metrics import auroc
from exapt.example import Examples
from exapt.features.trivial import trivial_scores
from exapt.report import markdown
from exapt.tasks.coding_pair import CodingPair
from exapt.tasks.copy import Copy
from exapt.tasks.dna_ladder import DnaLadder
from exapt.tasks.dna_pair import DnaPair
from exapt.tasks.dyck import Dyck
from exapt.tasks.gene_location import GeneLocation
from exapt.tasks.paws_synth import PawsSynth
from exapt.tasks.pawsx import PawsX
from exapt.tasks.protein_pair import ProteinPair
from exapt.tasks.random_match import RandomMatch
from exapt.tasks.region import Region
from exapt.tasks.table import Table
from exapt.tasks.task import SPLITS, Task
from exapt.tasks.text_match import TextMatch

HERE = Path(__file__).resolve().parent
MOST = 20_000  # examples of a task that are looked at, whole groups
DNA_KINDS = ("random", "scrambled", "composition_matched", "reverse", "complement", "reverse_complement", "mutated")
CODING_KINDS = ("random", "scrambled", "composition_matched", "frameshifted", "mutated", "reverse")
# kinds of which a positive gives two rows, not four
PLAIN = ("random", "composition_matched", "mutated")
WHOLE = [1.0, 0.0, 0.0]


def tasks(data: str) -> Iterator[tuple[str, str, Callable[[], Task]]]:
    """Name, where the sequences come from, and how to make the task."""
    real = "E. coli, Salmonella"
    for length in (50, 150):
        for kind in DNA_KINDS:
            yield (
                f"dna_pair {length}, {kind}", real,
                lambda length=length, kind=kind: DnaPair(  # type: ignore[misc]
                    data_dir=data, length=length, positives=10_000 if kind in PLAIN else 5_000,
                    negatives=KINDS[kind](), split="locus", fractions=WHOLE,
                ),
            )  # fmt: skip
    yield (
        "dna_pair as aligned, length_matched", real,
        lambda: DnaPair(data_dir=data, length=None, negatives=LengthMatched(), split="locus", fractions=WHOLE),
    )  # fmt: skip
    yield (
        "dna_pair 50, near_miss", real,
        lambda: DnaPair(data_dir=data, min_identity=0.8, negatives=NearMiss(), split="locus", fractions=WHOLE),
    )  # fmt: skip
    yield (
        "dna_pair 50 of CDS, random", real,
        lambda: DnaPair(data_dir=data, windows="cds", positives=10_000, split="locus", fractions=WHOLE),
    )  # fmt: skip
    proteins = "E. coli, Swiss-Prot sample"
    for kind in ("random", "composition_matched", "reverse"):
        yield (
            f"protein_pair 100, {kind}", proteins,
            lambda kind=kind: ProteinPair(  # type: ignore[misc]
                data_dir=data, negatives=KINDS[kind](), split="random", fractions=WHOLE
            ),
        )  # fmt: skip
    yield (
        "protein_pair 100, 0.3 to 0.4, random", proteins,
        lambda: ProteinPair(data_dir=data, max_identity=0.4, split="random", fractions=WHOLE),
    )  # fmt: skip
    for kind in CODING_KINDS:
        yield (
            f"coding_pair, {kind}", "E. coli",
            lambda kind=kind: CodingPair(  # type: ignore[misc]
                data_dir=data, positives=4_000, negatives=KINDS[kind](), split="gene", fractions=WHOLE
            ),
        )  # fmt: skip
    for level in (0.95, 0.8, 0.65):
        yield (
            f"dna_ladder {level:.2f}", "generated",
            lambda level=level: DnaLadder(levels=[level], pairs=4_000),  # type: ignore[misc]
        )  # fmt: skip
    yield "gene_location", "E. coli", lambda: GeneLocation(data_dir=data)
    yield "gene_location, GC matched", "E. coli", lambda: GeneLocation(data_dir=data, match="gc")
    yield "region, exon or intron", "C. elegans", lambda: Region(data_dir=data)
    yield (
        "dna_protein_150", "published",
        lambda: Table(
            name="dna_protein_150", data_dir=data, path="paper/dna_protein_150.jsonl", positive="coding",
            labels={"0": "not_coding", "1": "coding"}, alphabet={"left": "dna", "right": "protein"}, fractions=None,
        ),
    )  # fmt: skip
    yield "paws_synth", "generated", lambda: PawsSynth(train=0, dev=0, test=4_000)
    yield "text_match", "generated", lambda: TextMatch(train=0, dev=0, test=4_000)
    yield "random_match", "generated", lambda: RandomMatch(train=0, dev=0, test=4_000)
    yield "dyck", "generated", lambda: Dyck(train=0, dev=0, test=4_000)
    yield "copy", "generated", lambda: Copy(train=0, dev=0, test=4_000)
    yield "pawsx_en (test)", "PAWS-X", lambda: PawsX(language="en", data_dir=data)


def whole(task: Task, name: str) -> Examples:
    """The examples of a task, of all its splits, at most `MOST` in whole groups; of PAWS-X the test split."""
    frames = []
    for split in ("test",) if isinstance(task, PawsX) else SPLITS:
        try:
            frames.append(task.load(split).frame)
        except BadInput:
            continue  # a split that the settings leave empty
    frame = pd.concat(frames, ignore_index=True)
    names = np.random.default_rng(0).permutation(sorted(set(frame["group"])))
    sizes = frame["group"].value_counts()
    kept = set(names[np.cumsum(sizes[names].to_numpy()) <= MOST])
    return Examples(frame[frame["group"].isin(kept)], task.space, name)


def even(examples: Examples) -> float:
    """Share of distinct sides that stand equally often under both labels; at 1 one side alone says nothing."""
    sides = ["left", "right"] if examples.paired else ["left"]
    shares = []
    for side in sides:
        counts = pd.crosstab(examples.frame[side], examples.frame["label"])
        shares.append(float((counts.iloc[:, 0] == counts.iloc[:, -1]).mean()) if counts.shape[1] == 2 else 0.0)
    return min(shares)


def row(name: str, source: str, examples: Examples) -> dict[str, str]:
    """One line of the table: n, groups, and the AUROC of every baseline with its interval."""
    groups = examples.frame["group"].tolist()
    line = {"task": name, "sequences": source, "n": f"{len(examples):,}", "groups": f"{len(set(groups)):,}"}
    found = {}
    for baseline, values in trivial_scores(examples).items():
        if baseline == "majority":
            continue
        told = estimates(
            lambda weight, values=values: {"auroc": auroc(examples.positive, values, weight)}, groups, draws=300
        )["auroc"]  # fmt: skip
        found[baseline] = told
    best = max(found, key=lambda b: found[b].value or 0.0)
    line["best"] = f"{best}"
    shown = {re.sub("k-mer Jaccard, ", "", b): f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" for b, e in found.items()}
    return line | shown | {"sides even": f"{even(examples):.2f}"}


def write(table: pd.DataFrame) -> None:
    """Write `table.csv` and `table.md` beside this file."""
    table.to_csv(HERE / "table.csv", index=False)
    text = markdown.table(list(table.columns), table.astype(str).to_numpy().tolist(), text=2)
    (HERE / "table.md").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Build what is missing (into the cache), score, and write `table.md` and `table.csv` beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", default="../shared/data")
    parser.add_argument("--only", default="", help="tasks whose name holds this")
    chosen = parser.parse_args()
    listed = [entry for entry in tasks(chosen.data_dir) if chosen.only in entry[0]]
    console = Console(stderr=True)
    lines = []
    for name, source, make in track(listed, "tasks", console=console, disable=not console.is_terminal):
        lines.append(row(name, source, whole(make(), name)))
        print(name, lines[-1]["n"], lines[-1].get("edit similarity", ""), flush=True)
    table = pd.DataFrame(lines).fillna("")
    if not chosen.only:
        write(table)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
