"""The planted truths: what is true of each kind of claim, the verdict it must get, and how its studies are drawn."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from exapt.evaluation.hearing import LEAKS
from exapt.evaluation.rungs import CONTRASTS, MARGIN, Rung
from exapt.evaluation.verdict import Verdict
from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.study.claim import Claim, Seeds
from exapt.study.selftest.letters import Letters

Kind = Literal["transfer", "none", "shortcut", "erased", "contradictory", "inverted", "few", "leaked"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Given: TypeAlias = dict[str, Any]

LIMIT = 64  # tokens of a sequence
REFUTABLE = 0.1  # the margin where some hundred rows must refute; 0.02 takes thousands


@dataclass(frozen=True)
class Truth:
    """A kind of claim.

    Attributes:
        kind: Its name on the command line.
        said: What is true of it.
        verdict: What the judge must say.
        inverted: Whether he must add that the score is inverted.
    """

    kind: Kind
    said: str
    verdict: Verdict
    inverted: bool = False

    @property
    def wanted(self) -> str:
        """The expected verdict in words."""
        return f"{self.verdict}, inverted" if self.inverted else self.verdict


TRUTHS: Mapping[Kind, Truth] = {
    truth.kind: truth
    for truth in (
        Truth("transfer", "true transfer", "supported"),
        Truth("none", "no transfer", "not supported"),
        Truth("shortcut", "shortcut only", "shortcut"),
        Truth("erased", "erased tokens", "tokenizer artefact"),
        Truth("contradictory", "contradictory labels", "unlearnable"),
        Truth("inverted", "inverted labels", "not supported", inverted=True),
        Truth("few", "too few seeds", "underpowered"),
        Truth("leaked", "leaked target", "contaminated"),
    )
}


@dataclass(frozen=True)
class Planted:
    """One study: a claim of a kind with drawn parameters.

    Attributes:
        kind: What is true of it.
        trained: Whether its runs are trained; else their scores are drawn.
        source: What is learned from.
        target: What it is said to be able to do.
        rungs: What is claimed.
        seeds: Of every arm.
        margin: Smallest difference that counts.
        structure: A source without words, where the rung `language` is claimed.
        aurocs: Of simulated records: by arm, its true AUROC on the target; 0.5 if it is not there. Under `source` that
            of the treatment on the source, under `words` that of a bag of words.
        deviation: Between seeds, likewise.
        leak: A check that an audit failed and nobody accepted, likewise; empty if there is none.
        draw: Seed of all that is drawn, likewise.
    """

    kind: Kind
    trained: bool
    source: Letters
    target: Letters
    rungs: list[Rung]
    seeds: int
    margin: float = MARGIN
    structure: Letters | None = None
    aurocs: Mapping[str, float] = field(default_factory=dict)
    deviation: float = 0.0
    leak: str = ""
    draw: int = 0

    def claim(self, out: Path) -> Claim:
        """The claim; its runs go into a folder."""
        model: Scratch | Pretrained = Scratch(name="planted", layers=1, width=32, heads=2, max_length=LIMIT)
        if "pretraining" in self.rungs:  # of which nothing is opened, since its records are simulated
            model = Pretrained(name="planted", name_or_path="simulated", pair="siamese")
        return Claim(
            name=f"planted-{self.kind}", statement=f"Planted: {TRUTHS[self.kind].said}.", model=model,
            source=self.source, targets={self.target.name: self.target}, rungs=self.rungs, margin=self.margin,
            structure={} if self.structure is None else {self.structure.name: self.structure},
            method=Method(epochs=2, batch=32, lr=5e-3, dropout=0.0, select="auroc", precision="32-true"),
            trainer=Devices(accelerator="cpu", progress=False), seeds=Seeds(count=self.seeds), out=str(out),
            audit="accept", keep_weights="none",
        )  # fmt: skip


def planted(kind: Kind, number: int, trained: bool, seed: int) -> Planted:
    """Draw a study.

    Args:
        kind: What is to be true of it.
        number: Which of its kind.
        trained: Whether it goes through real training.
        seed: The self-test's.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), number, int(trained)])
    letters = "".join(rng.permutation(list(string.ascii_lowercase)))
    low = int(rng.integers(16, 24))
    shared: Given = {
        "more": letters[:4], "fewer": letters[4:8], "lean": float(rng.uniform(0.05, 0.12)),
        "telling": float(rng.uniform(0.4, 0.6)), "low": low, "high": low + int(rng.integers(10, 14)),
        "apart": int(rng.integers(5, 8)), "rule": "length" if kind == "shortcut" else "letters",
    }  # fmt: skip
    home, away, wordless = (int(found) for found in rng.integers(2**31, size=3))
    source = Letters(name="source", seed=home, filler=letters[8:17], train=480, dev=120, test=120, **shared)
    target: Given = {"name": "target", "seed": away, "filler": letters[17:], "train": 0, "dev": 0, "test": 240}
    target |= shared | _flaws(kind, letters, source, rng)
    drawn: Given = _trained(kind, rng) if trained else _simulated(kind, number, target, rng)
    if "language" in drawn["rungs"]:
        drawn["structure"] = Letters(name="wordless", seed=wordless, train=480, dev=120, test=120, filler=letters[8:17])
    return Planted(kind, trained, source, Letters(**target), **drawn)


def _flaws(kind: Kind, letters: str, source: Letters, rng: np.random.Generator) -> Given:
    """How the target differs from one to which the source transfers."""
    given: Given = {}
    if kind == "none":
        # the first letter tells the label: sets of letters to count would lie near those of the source by chance, and
        # what a fit on some hundred rows gives to letters that say nothing would transfer to them
        given = {"rule": "first", "more": letters[8:12], "fewer": letters[12:16], "filler": letters[:8], "test": 800}
    elif kind == "erased":
        given = {"erased": float(rng.uniform(0.05, 1))}
    elif kind == "contradictory":
        given = {"twice": float(rng.uniform(0.03, 0.3))}
    elif kind == "inverted":
        given = {"exchanged": True}
    elif kind == "leaked":
        given = {"leaked": float(rng.uniform(0.02, 0.5)), "leaks": source}
    return given


def _seeds(kind: Kind, rng: np.random.Generator) -> int:
    """As many as the expected verdict takes, or some more."""
    least, most = {"transfer": (10, 10), "none": (4, 5), "shortcut": (6, 8), "inverted": (3, 4), "few": (2, 5)}.get(
        kind, (2, 3)
    )
    return int(rng.integers(least, most + 1))


def _trained(kind: Kind, rng: np.random.Generator) -> Given:
    rungs: list[Rung] = ["transfer", "need"] if kind in ("transfer", "shortcut") else ["transfer"]
    return {"rungs": rungs, "seeds": _seeds(kind, rng), "margin": REFUTABLE if kind == "none" else MARGIN}


def _simulated(kind: Kind, number: int, target: Given, rng: np.random.Generator) -> Given:
    own = float(rng.uniform(0.78, 0.95))
    near = {arm: float(rng.uniform(0.5, 0.6)) for arm in ("structure_only", "shuffled_source", "random_init")}
    aurocs = {
        **near,
        "treatment": own,
        "source": float(rng.uniform(0.85, 0.97)),
        "words": float(rng.uniform(0.5, 0.65)),
    }
    aurocs |= {"feature_transfer": float(rng.uniform(0.45, 0.6)), "target_supervised": float(rng.uniform(0.85, 0.97))}
    # the whole ladder, the first rung, the first two
    rungs: list[Rung] = list(CONTRASTS)[: (4, 1, 2)[number % 3] if kind == "transfer" else 1 + number % 2]
    given: Given = {"draw": int(rng.integers(2**31)), "deviation": float(rng.uniform(0.01, 0.03))}
    if kind == "none":
        aurocs["treatment"] = 0.5
    elif kind == "inverted":
        aurocs["treatment"] = 1 - own
    elif kind == "erased":
        aurocs["treatment"] = float(rng.uniform(0.5, own))
    elif kind == "shortcut":
        # either features do it, or a source without words teaches it as well
        way = number % 2
        rungs = ["transfer", "language"] if way else ["transfer", "need"]
        aurocs["structure_only" if way else "feature_transfer"] = own + float(rng.uniform(0.02, 0.04))
    elif kind == "leaked" and number % 2:  # told by the audit alone: near copies are no equal text
        target["leaked"], given["leak"] = 0.0, str(rng.choice(LEAKS))
    if kind in ("none", "shortcut"):
        target["test"], given["margin"] = 600, REFUTABLE
    return {"rungs": rungs, "seeds": _seeds(kind, rng), "aurocs": aurocs, **given}
