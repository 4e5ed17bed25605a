"""Tasks with a truth that is planted: of which letters a sequence has more, with which it begins, how long it is."""

from __future__ import annotations

import string
from dataclasses import field
from typing import Literal

import numpy as np
import pandas as pd

from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.task import Split

# letters that `exapt.tokenizers.characters` does not know
FOREIGN = str.maketrans(string.ascii_lowercase, "абвгдежзийклмнопрстуфхцчшщ")


@settings
class Letters(GeneratedTask):
    """Does a sequence have more letters of one set than of another?

    Each place of a sequence holds a telling letter (with chance `telling`) or one of the filler; of the telling ones a
    share of 0.5 + `lean` is of the set that the class has more of. A sequence that breaks the rule is drawn again, so
    that it holds without exception. With the other rules all places are alike but for the first letter, or positives
    are longer.

    Attributes:
        more: Letters that a positive has more of; with the rule `first` it begins with one of them.
        fewer: The same of a negative.
        filler: Letters that say nothing.
        rule: What the label rests on.
        telling: Chance of a telling letter.
        lean: How far a class leans to its set, 0 to 0.5.
        low: Fewest letters of a sequence.
        high: Most letters.
        apart: With the rule `length`: positives have at least `low + apart` letters, negatives at most `high - apart`.
        exchanged: Whether the class names are exchanged.
        erased: Share of the test rows in another script.
        twice: Share of the test rows that stand again under the other label.
        leaked: Share of the test rows that are taken, label and all, from the train split of `leaks`.
        leaks: Where these rows come from.
    """

    name: str = "letters"
    labels: list[str] = field(default_factory=lambda: ["no", "yes"])
    positive: str = "yes"
    train: int = 640
    dev: int = 200
    test: int = 400
    more: str = "ab"
    fewer: str = "cd"
    filler: str = "efghij"
    rule: Literal["letters", "first", "length"] = "letters"
    telling: float = 0.5
    lean: float = 0.2
    low: int = 20
    high: int = 30
    apart: int = 4
    exchanged: bool = False
    erased: float = 0.0
    twice: float = 0.0
    leaked: float = 0.0
    leaks: GeneratedTask | None = None

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        positive = rng.permutation(pairs) < pairs // 2
        draw = {"letters": self._leaning, "first": self._headed, "length": self._long}[self.rule]
        text = [draw(bool(one), rng) for one in positive]
        frame = self._table(
            text, np.where(positive ^ self.exchanged, self.space.positive, self.space.negative).tolist()
        )
        if split == "test":
            frame = self._flawed(frame, rng)
        return frame.assign(
            id=[f"{split}-{row:05d}" for row in range(len(frame))], group=[f"{split}-{name}" for name in frame["group"]]
        )  # fmt: skip

    def _leaning(self, positive: bool, rng: np.random.Generator) -> str:
        while True:
            size = int(rng.integers(self.low, self.high + 1))
            told, ours = rng.random(size) < self.telling, rng.random(size) < 0.5 + self.lean
            balance = int(ours[told].sum()) - int((~ours[told]).sum())
            if balance > 0:
                sets = (self.more, self.fewer) if positive else (self.fewer, self.more)
                pick = rng.random(size)
                kinds = [sets[0 if mine else 1] if t else self.filler for t, mine in zip(told, ours, strict=True)]
                return "".join(kind[int(p * len(kind))] for kind, p in zip(kinds, pick, strict=True))

    def _headed(self, positive: bool, rng: np.random.Generator) -> str:
        head = self.more if positive else self.fewer
        return head[rng.integers(len(head))] + self._any(int(rng.integers(self.low, self.high + 1)) - 1, rng)

    def _long(self, positive: bool, rng: np.random.Generator) -> str:
        low, high = (self.low + self.apart, self.high) if positive else (self.low, self.high - self.apart)
        return self._any(int(rng.integers(low, high + 1)), rng)

    def _any(self, size: int, rng: np.random.Generator) -> str:
        return "".join(rng.choice(list(self.more + self.fewer + self.filler), size))

    def _flawed(self, frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        rows = len(frame)
        if self.erased:
            gone = rng.permutation(rows)[: round(self.erased * rows)]
            frame.loc[gone, "left"] = frame.loc[gone, "left"].str.translate(FOREIGN)
        if self.twice:
            again = frame.iloc[rng.permutation(rows)[: round(self.twice * rows)]]
            other = {self.space.positive: self.space.negative, self.space.negative: self.space.positive}
            frame = pd.concat([frame, again.assign(label=again["label"].map(other))], ignore_index=True)
        if self.leaks is not None and self.leaked:
            known = self.leaks.load("train").frame
            taken = known.iloc[rng.permutation(len(known))[: round(self.leaked * rows)]]
            frame.loc[rng.permutation(rows)[: len(taken)], ["left", "label"]] = taken[["left", "label"]].to_numpy()
        return frame

    @staticmethod
    def _table(text: list[str], label: list[str]) -> pd.DataFrame:
        group = [f"{row:05d}" for row in range(len(text))]
        return pd.DataFrame({"left": text, "right": None, "label": label, "group": group})
