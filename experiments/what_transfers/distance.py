"""What the network measures before it learns: the distance between its features of the two sides, as a ranking."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from exapt.cli.claim import compose
from exapt.evaluation.metrics import auroc
from exapt.files import write_json
from exapt.learning.predict import features

HERE = Path(__file__).resolve().parent
CLAIM = "what_transfers/random_match"  # the one that has every target
TARGETS = ("dna_ladder", "dna_pair", "text_match", "paws_synth")


def ranked(target: str, data_dir: str) -> list[float]:
    """By seed, the AUROC of minus the L1 distance of the untrained network's features: a sign that nobody drew."""
    claim = compose(CLAIM, [f"data_dir={data_dir}"])
    found = []
    for seed in claim.seeds.all:
        run = claim.run("treatment", seed)
        material = run.encoder().material(claim.targets[target], "test")
        assert material.encoded is not None
        given = features(run.network(True), material.encoded, precision="32-true", devices=run.trainer)
        distance = given[:, : given.shape[1] // 2].sum(axis=1).astype(float)  # first |u - v|
        positive = material.examples.positive
        found.append(float(auroc(positive, -distance, np.ones((1, len(distance))))[0]))
    return found


def main() -> None:
    """Write `distance.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", default="../shared/data")
    data_dir = parser.parse_args().data_dir
    found = {target: ranked(target, data_dir) for target in TARGETS}
    write_json(HERE / "distance.json", found)
    for target, values in found.items():
        print(f"{target}: {np.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})")


if __name__ == "__main__":
    main()
