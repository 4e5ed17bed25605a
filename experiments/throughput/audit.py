"""Speed and memory of whole audits: pairs of text, of DNA, and of DNA with protein, from 2,000 to 350,000 of them."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from exapt.sequences import DNA, genetic_code
from exapt.tasks.text_match import TextMatch

KINDS = ("text", "dna", "coding")
SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}
LETTERS = np.array(list(DNA))
LENGTH = 150
EVERY = 0.25  # seconds between two looks at the memory

Frame = pd.DataFrame


def text(n: int, split: str, rng: np.random.Generator) -> Frame:
    """Pieces of 110 letters (about 20 words) of sentences against copies with letters replaced."""
    made = TextMatch(train=n, dev=n, test=n, length=110, seed=int(rng.integers(1 << 30))).load(split)  # type: ignore[arg-type]
    return made.frame[["left", "right", "label", "group"]]


def dna(n: int, split: str, rng: np.random.Generator) -> Frame:
    """Swap blocks of homologs (80 to 95% identical) of 150 letters; one block in four is a relative of another."""
    code = markov(n // 2, LENGTH, rng)
    related = rng.random(len(code)) < 0.25
    code[related] = edited(
        code[rng.integers(len(code), size=related.sum())], rng.uniform(0.78, 0.95, related.sum()), rng
    )
    right = edited(code, rng.uniform(0.80, 0.95, len(code)), rng)
    return blocks(words(code), words(right), ("unrelated", "homologous"), split)


def coding(n: int, split: str, rng: np.random.Generator) -> Frame:
    """Swap blocks of 150 letters of coding DNA with their 50 residues."""
    residues = {codon: residue for codon, residue in genetic_code(1).residues.items() if residue != "*"}
    codons = np.array(sorted(residues))
    use = rng.dirichlet(np.full(len(codons), 3.0))
    drawn = rng.choice(len(codons), (n // 2, LENGTH // 3), p=use)
    sequences = ["".join(row) for row in codons[drawn]]
    proteins = ["".join(row) for row in np.array([residues[codon] for codon in codons])[drawn]]
    return blocks(sequences, proteins, ("not coding", "coding"), split)


def blocks(left: list[str], right: list[str], names: tuple[str, str], split: str) -> Frame:
    """Two true pairs make a block, in which every side stands once under each label."""
    first = np.repeat(np.arange(0, len(left), 2), 4)
    i, j = first + np.tile([0, 1, 0, 1], len(left) // 2), first + np.tile([0, 1, 1, 0], len(left) // 2)
    return pd.DataFrame(
        {
            "left": [left[k] for k in i], "right": [right[k] for k in j],
            "label": np.where(i == j, names[1], names[0]), "group": [f"{split}-{k}" for k in first // 2],
        }
    )  # fmt: skip


def markov(n: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Letters of which each hangs on the three before it, as in genomes, where some k-mers are far more frequent."""
    chances = np.cumsum(np.random.default_rng(7).dirichlet(np.full(4, 6.0), 64), axis=1)
    made = rng.integers(0, 4, (n, length))
    for place in range(3, length):
        before = made[:, place - 3] * 16 + made[:, place - 2] * 4 + made[:, place - 1]
        made[:, place] = (rng.random(n)[:, None] > chances[before]).sum(axis=1).clip(0, 3)
    return made


def edited(code: np.ndarray, identity: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    other = (code + rng.integers(1, 4, code.shape)) % 4
    return np.where(rng.random(code.shape) < identity[:, None], code, other)


def words(code: np.ndarray) -> list[str]:
    return ["".join(row) for row in LETTERS[code]]


def table(kind: str, n: int, folder: Path) -> None:
    """Three Parquet files, as `task=table` reads them."""
    for number, (split, share) in enumerate(SHARES.items()):
        rng = np.random.default_rng([n, KINDS.index(kind), number])
        frame = {"text": text, "dna": dna, "coding": coding}[kind](round(n * share / 4) * 4, split, rng)
        frame = frame.iloc[rng.permutation(len(frame))].rename(columns={"left": "sentence1", "right": "sentence2"})
        frame.to_parquet(folder / f"{split}.parquet", index=False)


def command(kind: str, folder: Path, model: str, workers: int | None) -> list[str]:
    negative, positive = {
        "text": ("different", "match"), "dna": ("unrelated", "homologous"), "coding": ("not coding", "coding")
    }[kind]  # fmt: skip
    signal = "translation" if kind == "coding" else "edit,alignment,k-mer overlap,MinHash"
    return [
        sys.executable, "-m", "exapt.cli.main", "audit", "task=table", f"task.name={kind}", f"task.path={folder}",
        "task.splits={train: train.parquet, dev: dev.parquet, test: test.parquet}",
        f"task.labels={{{negative}: {negative}, {positive}: {positive}}}", f"task.positive={positive}",
        "task.columns.group=group", f"task.signal=[{signal}]",
        *([] if model == "none" else [f"model={model}"]), *([] if workers is None else [f"workers={workers}"]),
        f"out={folder / 'audit'}",
    ]  # fmt: skip


def measure(arguments: list[str]) -> dict[str, float]:
    """Wall and processor seconds of a command with all its processes, and their greatest memory together, in GiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, most = time.perf_counter(), 0
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, memory(process.pid))
        time.sleep(EVERY)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(arguments)}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 1), "cpu_s": round(used, 1), "gib": round(most / 2**30, 2)}


def memory(root: int) -> int:
    """Bytes of a process and its children; what several share is divided between them (PSS)."""
    total, waiting = 0, [root]
    while waiting:
        place = Path(f"/proc/{waiting.pop()}")
        try:
            lines = (place / "smaps_rollup").read_text().splitlines()
            total += 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            for thread in (place / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:  # it has just ended
            continue
    return total


def main() -> None:
    """Audit each table once and print a line for it; last, all of them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000, 350_000])
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--model", default="none", help="model= of the audit, such as tiny or minilm")
    parser.add_argument("--workers", type=int, default=None)
    chosen = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    found: list[dict[str, Any]] = []
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; model {chosen.model}")
    print(f"{'pairs of':8}{'pairs':>10}{'wall s':>9}{'CPU s':>9}{'GiB':>7}{'pairs/s':>9}")
    for kind in chosen.kinds:
        for n in chosen.sizes:
            with TemporaryDirectory() as name:
                table(kind, n, Path(name))
                told = measure(command(kind, Path(name), chosen.model, chosen.workers))
            told["pairs_per_s"] = round(n / told["wall_s"], 1)
            found.append({"kind": kind, "pairs": n, "model": chosen.model, **told})
            print(
                f"{kind:8}{n:10,}{told['wall_s']:9.1f}{told['cpu_s']:9.1f}{told['gib']:7.2f}{told['pairs_per_s']:9.0f}",
                flush=True,
            )
    print(json.dumps({"cores": cores, "workers": chosen.workers or cores, "audits": found}))


if __name__ == "__main__":
    main()
