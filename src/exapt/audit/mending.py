"""Settings that might mend what a tokenizer loses of a task, each measured again on the task's own texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exapt.audit.tokenized import Tokenized, cut, tokenize
from exapt.audit.view import View
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.repair import REPAIRS

Model = Pretrained | Scratch
_LONG = 10_000  # characters a word; what `word_limit` is unless set


@dataclass(frozen=True)
class Mending:
    """What a task would look like under other settings.

    Attributes:
        found: What each setting makes of them, by its override.
        now: The same examples as they are read now.
    """

    found: Mapping[str, Tokenized]
    now: Tokenized

    def facts(self) -> dict[str, Any]:
        """JSON-ready: of each override the shares `unknown` and `truncated` and the characters per token by side."""
        return {
            override: {"unknown": r.lost, "truncated": r.truncated, "characters_per_token": r.width}
            for override, r in self.found.items()
        }

    def best(self, fault: str, threshold: float) -> str | None:
        """The override that lets the model see the most letters and mends a fault, said with its numbers.

        Of several that do as well the first counts: the one that changes least.

        Args:
            fault: Name of the share or ratio that should fall: `lost`, `truncated`, `imbalance` or `unseen`.
            threshold: Up to which it is none.

        Returns:
            None if no setting makes the fault smaller without costing letters.
        """
        now = _unseen(self.now)
        better = {o: r for o, r in self.found.items() if _of(r, fault) < _of(self.now, fault) and _unseen(r) <= now}
        if not better:
            return None
        override = min(better, key=lambda o: (round(_unseen(better[o]), 2), max(_of(better[o], fault), threshold)))
        chosen = better[override]
        return f"{override} (then unknown {chosen.lost:.1%}, truncated {chosen.truncated:.1%})"


def mending(
    view: View, model: Model, tokenizer: Tokenizer, texts: Mapping[str, Sequence[str]], now: Tokenized
) -> Mending:
    """Read a task under each setting that changes its tokens or their limit.

    Args:
        view: The task.
        model: The model as it is set.
        tokenizer: The model's.
        texts: Sides of the examples to look at.
        now: What the present setting makes of them.
    """
    found: dict[str, Tokenized] = {}
    if isinstance(model, Scratch):
        if now.longest > model.limit:
            enough = -(-now.longest // 64) * 64  # a little room: only a sample was looked at
            found[f"model.max_length={enough}"] = cut(now.sides, tokenizer, model.pair, enough)
        return Mending(found, now)
    text_only = all(view.alphabets[side] == "text" for side in texts)
    for repair in REPAIRS[:1] if text_only else REPAIRS:
        other = tokenize(model.repaired(repair, model.word_limit or _LONG).tokenizer(), model.pair, model.limit, texts)
        if all(np.array_equal(other.sides[side].ids, now.sides[side].ids) for side in texts):
            continue  # it does not apply here
        longer = "" if model.word_limit else f" +model.word_limit={_LONG}"
        found[f"model.repair={repair}{longer}"] = other
    if model.pair == "joint" and len(texts) == 2 and now.truncated:
        found["model.pair=siamese"] = cut(now.sides, tokenizer, "siamese", model.limit)
    return Mending(found, now)


def _unseen(tokens: Tokenized) -> float:
    return 1 - min(tokens.effective.values())


def _of(tokens: Tokenized, fault: str) -> float:
    return _unseen(tokens) if fault == "unseen" else float(getattr(tokens, fault))
