"""Structure without words: `text_match` with pieces of random letters instead of English."""

from dataclasses import field

import numpy as np

from exapt.settings import settings
from exapt.tasks.grammar import Lexicon
from exapt.tasks.text_match import TextMatch

_LETTERS = "abcdefghijklmnopqrstuvwxyz "


@settings
class RandomMatch(TextMatch):
    """Does the right side come from the same piece of random letters as the left side?

    All is as in `TextMatch` (swap blocks, noise, splits, sizes, ladder), but a piece is `length` independent draws,
    each as likely, from a to z and the space: no word, no grammar, no frequency of letters. The control for "is it
    language at all?": what is learned here cannot be English.
    """

    name: str = "random_match"
    labels: list[str] = field(default_factory=lambda: ["different", "match"])
    positive: str = "match"

    def _piece(self, rng: np.random.Generator, words: Lexicon) -> str:
        return "".join(_LETTERS[k] for k in rng.integers(len(_LETTERS), size=self.length))
