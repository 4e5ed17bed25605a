"""Two small genomes that share ancestors: enough for a real build in seconds."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exapt.sequences import DNA, reverse_complement

RECORD = 60_000


def mutate(sequence: str, share: float, rng: np.random.Generator) -> str:
    """Replace letters with the given probability, and delete or double one letter in two hundred."""
    made = []
    for letter in sequence:
        if rng.random() < share:
            letter = DNA[(DNA.index(letter) + int(rng.integers(1, 4))) % 4]
        draw = rng.random()
        made.append("" if draw < 0.0025 else letter * 2 if draw < 0.005 else letter)
    return "".join(made)


def timeless(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest without its times, which are all that differs in a second build."""
    calls = [{key: value for key, value in call.items() if key != "seconds"} for call in manifest["calls"]]
    return {key: value for key, value in manifest.items() if key != "seconds"} | {"calls": calls}


@pytest.fixture(scope="session")
def genomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A genome of 60,000 letters and a relative: one part of it is turned round, one gene stands there twice."""
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    rng = np.random.default_rng(5)
    ancestor = "".join(rng.choice(list(DNA), RECORD))
    ancestor = ancestor[:9_000] + ancestor[2_000:4_000] + ancestor[11_000:]  # a copied gene
    relative = mutate(ancestor, 0.12, rng)
    relative = relative[:30_000] + reverse_complement(relative[30_000:])
    folder = tmp_path_factory.mktemp("genomes")
    query, against = folder / "query.fa.gz", folder / "against.fa"
    with gzip.open(query, "wt") as stream:
        stream.write(f">chr1 first\n{ancestor[:40_000]}\n>chr2\n{ancestor[40_000:].lower()}\n")
    against.write_text(f">rel1\n{relative[:45_000]}\n>rel2\n{relative[45_000:]}NNNN\n")
    return query, against
