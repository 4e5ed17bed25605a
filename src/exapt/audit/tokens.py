"""The tokenizer doctor: what a model's tokenizer makes of a task, and which setting mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from exapt.audit.embeddings import untrained
from exapt.audit.invariance import changed_by_case, changed_by_padding
from exapt.audit.mending import Mending, Model, mending
from exapt.audit.tokenized import Tokenized, pieces, tokenize
from exapt.audit.view import View
from exapt.findings import SHOWN, Finding, Level
from exapt.models.scratch import Scratch
from exapt.tokenizers import Tokenizer

LOOKED_AT = 4_000  # examples: a share of 1% then has a standard error of 0.16%
MEASURED_AGAIN = 8  # times fewer under each repair
FEWEST = 100
EFFORT = 2e8  # letters squared of all words: WordPiece reads a long word in time that grows with its square
PADDED = 200
LOST = 0.01
IMBALANCE = 4.0
NARROW = 1.2  # characters per token of text
SEEN = 0.99
SHARED = 0.5
UNTRAINED = 0.05
_DRAW = 51  # keeps this draw apart from others of the same seed


def token_findings(view: View, model: Model, source_view: View | None = None) -> list[Finding]:
    """All checks of a tokenizer on a task.

    Of tasks with more than `LOOKED_AT` examples as many are drawn from the view's seed, and fewer (not under `FEWEST`)
    if they hold sequences of many hundreds of letters.

    Args:
        view: The task.
        model: Settings of the model whose tokenizer, limit and pair form are looked at; no network is made.
        source_view: The source of the transfer, for the tokens that both share.

    Raises:
        BadInput: If the model's files cannot be found or read.
    """
    doctor = _Doctor(view, model)
    return [
        doctor.unknown(), doctor.truncation(), doctor.width(), doctor.effective(), doctor.shared(source_view),
        doctor.trained(), doctor.padding(), doctor.case(),
    ]  # fmt: skip


class _Doctor:
    """One task and one tokenizer; what several checks need is made once."""

    def __init__(self, view: View, model: Model) -> None:
        self.view = view
        self.model = model
        self.tokenizer: Tokenizer = model.tokenizer()
        self.rows = _drawn(view)
        self.texts = _texts(view, self.rows)
        self.tokens: Tokenized = tokenize(self.tokenizer, model.pair, model.limit, self.texts)
        few = max(len(self.rows) // MEASURED_AGAIN, FEWEST)
        self.first = {side: texts[:few] for side, texts in self.texts.items()}

    @cached_property
    def mending(self) -> Mending:
        now = tokenize(self.tokenizer, self.model.pair, self.model.limit, self.first)
        return mending(self.view, self.model, self.tokenizer, self.first, now)

    def unknown(self) -> Finding:
        """Input that the vocabulary lacks."""
        shares = self.tokens.unknown
        side = max(shares, key=lambda s: max(shares[s].values()))
        lost = sum(p.total - p.seen() for p in self.tokens.sides.values())
        return self._mendable(
            "unknown tokens", "lost", self.tokens.lost, LOST, stops=True, facts={"sides": shares}, worst=lost,
            said=f"{side}: {shares[side]['tokens']:.1%} of tokens, {shares[side]['characters']:.1%} of characters are "
            f"unknown; {shares[side]['erased']:.1%} of sides mostly",
            otherwise="take a model whose vocabulary has these characters; no repair of this one reads them",
        )  # fmt: skip

    def truncation(self) -> Finding:
        """Input behind the model's limit."""
        tokens, limit = self.tokens, self.model.limit
        return self._mendable(
            "truncation", "truncated", tokens.truncated, LOST, stops=True, worst=tokens.cut,
            facts={"limit": limit, "longest": tokens.longest},
            said=f"{tokens.truncated:.1%} of examples are cut at {limit} tokens; the longest has {tokens.longest}",
            otherwise=f"shorten the texts, or take a model that reads {tokens.longest} tokens",
        )  # fmt: skip

    def width(self) -> Finding:
        """Sides in very different pieces, or text in pieces of a letter or so."""
        width, ratio = self.tokens.width, self.tokens.imbalance
        texts = [side for side in width if self.view.alphabets[side] == "text"]
        narrow = min(texts, key=lambda s: width[s], default=None)
        said = ", ".join(f"{side} {value:.2f}" for side, value in width.items()) + " characters per token"
        if ratio <= IMBALANCE and narrow is not None and width[narrow] < NARROW:
            return self._finding(
                "characters per token", "warn", width[narrow], NARROW, said, facts={"sides": width},
                remedy="take a model whose vocabulary knows this language: text is read letter by letter",
            )  # fmt: skip
        return self._mendable(
            "characters per token", "imbalance", ratio, IMBALANCE, stops=False, facts={"sides": width}, said=said,
            worst=None, otherwise="take a model that reads both sides in like pieces",
        )  # fmt: skip

    def effective(self) -> Finding:
        """Letters that reach the model."""
        seen = self.tokens.effective
        side = min(seen, key=lambda s: seen[s])
        if seen[side] >= SEEN:
            said = f"the model sees at least {seen[side]:.1%} of each side's letters"
            return self._finding("effective letters", "pass", seen[side], SEEN, said, facts={"sides": seen})
        return self._finding(
            "effective letters", "warn", seen[side], SEEN, f"the model sees {seen[side]:.1%} of {side}'s letters",
            remedy=self.mending.best("unseen", 1 - SEEN) or "shorten the texts, or take another model",
            facts={"sides": seen, "repairs": self.mending.facts()},
        )  # fmt: skip

    def shared(self, source: View | None) -> Finding:
        """Tokens that the source has shown to the model, too."""
        if source is None:
            return self._finding("shared tokens", "skip", None, SHARED, "no source to compare with")
        known = np.unique(
            np.concatenate([pieces(self.tokenizer, t).ids for t in _texts(source, _drawn(source)).values()])
        )
        ids, uses = self._used
        shared = np.isin(ids, known)
        share, types = float(uses[shared].sum() / max(uses.sum(), 1)), float(shared.sum() / max(len(ids), 1))
        return self._finding(
            "shared tokens", "pass" if share >= SHARED else "warn", share, SHARED,
            f"{share:.1%} of what is read is tokens of {source.name}, too ({types:.1%} of {len(ids):,} tokens in use)",
            remedy="" if share >= SHARED else "fine-tuning on this source does not move the others: expect little",
            facts={"tokens": len(ids), "shared": int(shared.sum()), "types": types, "source": source.name},
        )  # fmt: skip

    def trained(self) -> Finding:
        """Tokens whose embeddings look as if they were never trained."""
        check = "trained embeddings"
        if isinstance(self.model, Scratch):
            return self._finding(check, "skip", None, UNTRAINED, "the model starts from drawn weights")
        found = untrained(self.model.embeddings(), self.tokenizer)
        if isinstance(found, str):
            return self._finding(check, "skip", None, UNTRAINED, found)
        ids, uses = self._used
        fresh = np.array([i >= len(found.rows) or bool(found.rows[i]) for i in ids.tolist()], dtype=bool)
        share = float(uses[fresh].sum() / max(uses.sum(), 1))
        most = ids[fresh][np.argsort(-uses[fresh], kind="stable")][:SHOWN].tolist()
        return self._finding(
            check, "warn" if share > UNTRAINED else "pass", share, UNTRAINED,
            f"{share:.1%} of the tokens read have embeddings like those that were never trained",
            remedy="take a model trained on such input, or train it on some first" if share > UNTRAINED else "",
            facts={
                "types": float(fresh.sum() / max(len(ids), 1)),
                "norms": [found.low, found.high], "median": found.median,
                "known": found.known, "tokens": [str(self.tokenizer.convert_ids_to_tokens(int(i))) for i in most],
            },
        )  # fmt: skip

    def padding(self) -> Finding:
        """Padding on either side."""
        changed = np.any([changed_by_padding(self.tokenizer, t[:PADDED]) for t in self.texts.values()], axis=0)
        share, none = float(changed.mean()), self.tokenizer.pad_token_id is None
        said = "the tokenizer has no pad token" if none else f"padding changes the tokens of {share:.1%} of examples"
        return self._finding(
            "padding invariance", "fail" if changed.all() else "warn" if share else "pass", share, 0.0, said,
            remedy="give the tokenizer a pad token that no text holds" if share else "", worst=changed, n=len(changed),
        )  # fmt: skip

    def case(self) -> Finding:
        """Case: of text it may carry meaning; of sequences it only tells how somebody wrote them."""
        sides = self.tokens.sides
        changed = {s: changed_by_case(self.tokenizer, texts, sides[s]) for s, texts in self.first.items()}
        share = float(np.any(list(changed.values()), axis=0).mean())
        mixed = {s: _mixed(t) for s, t in self.texts.items() if self.view.alphabets[s] != "text"}
        bad = [s for s, part in mixed.items() if part > LOST and changed[s].mean() > LOST]
        return self._finding(
            "case sensitivity", "warn" if bad else "pass", share, LOST if mixed else None,
            f"swapped case changes the tokens of {share:.1%} of examples"
            + (f"; {bad[0]} is written in both cases" if bad else ""),
            remedy="write all sequences in one case" if bad else "",
            facts={"sides": {s: float(c.mean()) for s, c in changed.items()}, "mixed": mixed},
            n=len(next(iter(self.first.values()))), worst=np.any([changed[s] for s in bad], axis=0) if bad else None,
        )  # fmt: skip

    @cached_property
    def _used(self) -> tuple[np.ndarray, np.ndarray]:
        """The known tokens in use on all sides, and how often each is used."""
        known = np.concatenate([p.ids[~p.unknown] for p in self.tokens.sides.values()])
        ids, uses = np.unique(known, return_counts=True)
        return ids, uses

    def _mendable(
        self, check: str, fault: str, value: float, threshold: float, *, stops: bool, said: str, otherwise: str,
        facts: dict[str, Any], worst: np.ndarray | None,
    ) -> Finding:  # fmt: skip
        """A finding whose value must not exceed its threshold; its remedy is the setting that mends it best."""
        if value <= threshold:
            return self._finding(check, "pass", value, threshold, said, facts=facts, stops=stops)
        facts = {**facts, "repairs": self.mending.facts()}
        return self._finding(
            check, "fail" if stops else "warn", value, threshold, said, stops=stops, facts=facts, worst=worst,
            remedy=self.mending.best(fault, threshold) or otherwise,
        )  # fmt: skip

    def _finding(
        self, check: str, level: Level, value: float | None, threshold: float | None, said: str, *, remedy: str = "",
        stops: bool = False, facts: dict[str, Any] | None = None, worst: np.ndarray | None = None, n: int | None = None,
    ) -> Finding:  # fmt: skip
        looked = self.rows[np.argsort(-worst.astype(float), kind="stable")] if worst is not None else self.rows[:0]
        shown = looked[: min(SHOWN, int((worst > 0).sum()) if worst is not None else 0)]
        return Finding(
            check=check, family="tokens", level=level, value=value, threshold=threshold, said=said, remedy=remedy,
            stops=stops, facts=facts or {}, n=0 if level == "skip" else n or len(self.rows),
            ids=self.view.frame["id"].to_numpy()[shown].tolist(),
        )  # fmt: skip


def _drawn(view: View) -> np.ndarray:
    """Rows to look at, in an order drawn from the view's seed, so that the first of them are a sample, too."""
    rows = np.random.default_rng([view.seed, _DRAW]).permutation(len(view))[:LOOKED_AT]
    sample = _texts(view, rows[:FEWEST])
    squares = [len(word) ** 2 for texts in sample.values() for text in texts for word in text.split()]
    return rows[: max(int(EFFORT * min(len(rows), FEWEST) / max(sum(squares), 1)), FEWEST)]


def _texts(view: View, rows: np.ndarray) -> Mapping[str, list[str]]:
    return {side: view.frame[side].to_numpy(dtype=object)[rows].tolist() for side in view.sides}


def _mixed(texts: Sequence[str]) -> float:
    """The smaller of the shares of texts that hold capitals and that hold small letters."""
    return float(min(np.mean([t != t.lower() for t in texts]), np.mean([t != t.upper() for t in texts])))
