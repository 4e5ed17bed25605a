"""Builds `dna_pair`: homologous pairs from two genomes by BLAST, their swapped negatives, three splits, a manifest."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import exapt
from exapt.builders.blast import search, version
from exapt.builders.folder import MANIFEST, build_folder
from exapt.builders.genomes import Genome, read_genome
from exapt.builders.homologs import find, without_repeats
from exapt.builders.loci import deal
from exapt.builders.recipe import HOMOLOGOUS, HOMOLOGS, RELATED, UNRELATED, Recipe
from exapt.builders.swap import Pairing, pair_up
from exapt.errors import BadInput
from exapt.record import write_json

SPLITS = ("train", "dev", "test")
CHUNK = 4000  # positives among which swap partners are looked for; the last must be enough to find one
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "left", "right", "label", "group")]
    + [("identity", pa.float64()), ("kind", pa.string())]
    + [(f"{side}_{what}", kind) for side in ("left", "right")
       for what, kind in (("record", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("locus", pa.int64()))]
    + [("strand", pa.string())]
)  # fmt: skip


def identity_of(query: str, against: str, recipe: Recipe) -> dict[str, Any]:
    """All that decides the pairs: the inputs' SHA-256, the settings, BLAST's parameters and the rule."""
    return {
        "task": "dna_pair",
        "inputs": {"query": query, "against": against},
        "settings": recipe.as_settings(),
        "blast": {"homologs": HOMOLOGS, "related": RELATED},
        "rule": recipe.rule(),
    }


def build(query: Path, against: Path, out: Path, recipe: Recipe) -> tuple[dict[str, Any], bool]:
    """Build the task's folder: `train.parquet`, `dev.parquet`, `test.parquet` and `manifest.json`.

    Args:
        query: The genome that is cut into windows; FASTA or GenBank, gzipped or not.
        against: The genome that is searched.
        out: The folder to make; reused if it holds the same build.
        recipe: The settings.

    Returns:
        The manifest, and whether the folder was there already.

    Raises:
        BadInput: For faulty genomes, no BLAST, too few homologs, or an `out` that is something else.
    """
    genomes = {"query": read_genome(query), "against": read_genome(against)}
    identity = identity_of(genomes["query"].sha256, genomes["against"].sha256, recipe)
    return build_folder(out, identity, lambda folder: _make(folder, genomes, identity, recipe))


def _make(folder: Path, genomes: dict[str, Genome], identity: dict[str, Any], recipe: Recipe) -> None:
    seconds: dict[str, float] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        seconds[step] = round(time.perf_counter() - begin, 2)

    blast = version()
    names = f"{genomes['query'].file} against {genomes['against'].file}"
    with timed("homologs"):
        pairs, counts = find(genomes["query"], genomes["against"], recipe)
    if pairs.empty:
        raise BadInput(
            f"{names}: BLAST finds no homologous windows; give two related genomes of 10,000 letters or more."
        )
    with timed("splits"):
        split = deal(pairs["locus"].to_numpy(dtype=int), recipe.fractions, np.random.default_rng([recipe.seed, 0]))
        keep, dropped = without_repeats(pairs, split)
        pairs, split = pairs[keep].reset_index(drop=True), split[keep]
    counts |= dropped | {"loci": int(pairs["locus"].nunique())}
    counts |= {"blocks refused for a BLAST hit": 0, "pairs without a partner, left out": 0}
    examples: dict[str, dict[str, int]] = {}
    files: dict[str, str] = {}
    with timed("negatives"):
        for number, name in enumerate(SPLITS):
            part = pairs[split == number].reset_index(drop=True)
            pairing = _pairing(part, name, np.random.default_rng([recipe.seed, 1, number]))
            if recipe.fractions[number] > 0 and not pairing.blocks:
                raise BadInput(
                    f"{names}: {len(part)} homologous pairs in {part['locus'].nunique()} loci are too few for {name}; "
                    "give longer genomes or other fractions=."
                )
            counts["blocks refused for a BLAST hit"] += pairing.rejected
            counts["pairs without a partner, left out"] += pairing.left_over
            table = _table(part, pairing.blocks, name)
            examples[name] = {label: int((table["label"] == label).sum()) for label in (HOMOLOGOUS, UNRELATED)}
            file = folder / f"{name}.parquet"
            # the metadata of pandas name its version; without them equal rows are equal bytes
            arrow = pa.Table.from_pandas(table, SCHEMA, preserve_index=False).replace_schema_metadata(None)
            pq.write_table(arrow, file, compression="zstd")
            files[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    write_json(folder / MANIFEST, {
        "identity": identity, "rule": recipe.rule(), "exapt": exapt.__version__, "blast": blast,
        "inputs": {
            role: {"file": g.file, "sha256": g.sha256, "records": len(g.names), "letters": sum(map(len, g.sequences))}
            for role, g in genomes.items()
        },
        "counts": counts, "examples": examples, "files": files,
        "seconds": {**seconds, "all": round(sum(seconds.values()), 2)},
    })  # fmt: skip


def _pairing(part: pd.DataFrame, name: str, rng: np.random.Generator) -> Pairing:
    """Pair up a split's positives, in random chunks: within one, BLAST compares every left with every right side.

    The cost of all against all grows with the square of what is compared, so chunks keep it linear.
    """
    loci, left, right = (part[column].to_numpy() for column in ("locus", "left", "right"))
    blocks: list[tuple[int, int]] = []
    rejected = left_over = 0
    chunks = np.array_split(rng.permutation(len(part)), max(1, -(-len(part) // CHUNK)))
    for number, chunk in enumerate(chunks, start=1):
        title = f"checking negatives, {name} {number}/{len(chunks)}"
        hits = search(left[chunk].tolist(), right[chunk].tolist(), RELATED, [], title)
        related = set(zip(hits["query"].tolist(), hits["subject"].tolist(), strict=True))
        found = pair_up(loci[chunk], related, rng)
        blocks += [(int(chunk[i]), int(chunk[j])) for i, j in found.blocks]
        rejected += found.rejected
        left_over += found.left_over
    return Pairing(blocks, rejected, left_over)


def _table(part: pd.DataFrame, blocks: list[tuple[int, int]], name: str) -> pd.DataFrame:
    """The four rows of every block: (i,i'), (j,j'), (i,j'), (j,i')."""
    rows = [row for i, j in blocks for row in ((i, i), (j, j), (i, j), (j, i))]
    left, right = np.array(rows, dtype=int).reshape(-1, 2).T
    same = left == right
    groups = np.repeat([f"{name}-{n:05d}" for n in range(len(blocks))], 4)
    suffixes = np.tile(["ii", "jj", "ij", "ji"], len(blocks))
    table = pd.DataFrame({
        "id": [f"{g}-{s}" for g, s in zip(groups, suffixes, strict=True)],
        "left": part["left"].to_numpy()[left], "right": part["right"].to_numpy()[right],
        "label": np.where(same, HOMOLOGOUS, UNRELATED), "group": groups,
        "identity": np.where(same, part["identity"].to_numpy()[left], np.nan),
        "kind": np.where(same, "homolog", "random"),
        "strand": part["strand"].to_numpy()[right],
    })  # fmt: skip
    for side, source in (("left", left), ("right", right)):
        for what in ("record", "start", "end"):
            table[f"{side}_{what}"] = part[f"{side}_{what}"].to_numpy()[source]
        table[f"{side}_locus"] = part["locus"].to_numpy()[source]
    return table
