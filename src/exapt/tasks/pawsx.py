"""PAWS-X, pairs of sentences that are paraphrases or not in seven languages, from the Hub or from local TSV files."""

from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.columns import examples_of, label_space, named_columns, text_of
from exapt.tasks.hub_rows import hub_rows, resolve
from exapt.tasks.reading import Raw, read_file
from exapt.tasks.rows import sharing
from exapt.tasks.task import SPLITS, Split, Task

DATASET = "google-research-datasets/paws-x"
_LABELS = {"0": "different", "1": "paraphrase"}
_HUB_SPLITS: dict[Split, str] = {"train": "train", "dev": "validation", "test": "test"}
# as published, placeholders included; every language
_PUBLISHED_ROWS: dict[Split, int] = {"train": 49_401, "dev": 2_000, "test": 2_000}
# what is left of dev and test without placeholders, counted on the files
_KEPT_ROWS = {"en": (2_000, 2_000), "de": (1_932, 1_968), "fr": (1_992, 1_986), "zh": (1_984, 1_975)}
# the same from the data card; its counts of the test split of de and fr are one below the files', hence one more may do
_CARD_ROWS = {"es": (1_962, 1_999), "ja": (1_980, 1_946), "ko": (1_965, 1_972)}
_OTHER_TRAIN_ROWS = {"12k": 11_978, "strict": 8_592}


@settings
class PawsX(Task):
    """PAWS-X in one language (Yang et al. 2019, arXiv 1908.11828). Groups are pairs linked by shared sentences.

    Attributes:
        language: en, fr, de, zh, es, ja or ko.
        data_dir: Folder that holds `pawsx/{train_12k,train_strict}.en.tsv`, `pawsx/{dev,test}_2k.LANGUAGE.tsv` and, if
            there, `pawsx/train.LANGUAGE.tsv`; null reads the Hub.
        train: "official" is the published training set (machine-translated where not English); "12k" and "strict" are
            local English files of PAWS-Wiki pairs, the first sharing sentences with dev and test, the second not.
        positive: The class that answers to the source's positive class.
        revision: Revision on the Hub; null takes the main branch. The commit stands in the facts.
        rows: Rows that a split must have after placeholders are dropped, where other than this module's tables say.
        timeout: Seconds to wait for the Hub.
        signal: Families of features that the task is about (see `exapt audit`).
    """

    language: Literal["en", "fr", "de", "zh", "es", "ja", "ko"]
    data_dir: str | None = None
    train: Literal["official", "12k", "strict"] = "official"
    positive: str = "paraphrase"
    revision: str | None = None
    rows: dict[Split, int] = field(default_factory=dict)
    timeout: float = 5.0
    signal: list[str] = field(default_factory=list)

    @cached_property
    def name(self) -> str:  # type: ignore[override]
        """``pawsx_`` and the language."""
        return f"pawsx_{self.language}"

    @cached_property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """Different or paraphrase."""
        return label_space(_LABELS, self.positive)

    @cached_property
    def commit(self) -> str | None:
        """The resolved commit; None for local files. The Hub is asked on first use."""
        return None if self.data_dir is not None else resolve(DATASET, self.revision, self.timeout)

    @cached_property
    def _cache(self) -> dict[Split, tuple[Examples, dict[str, int], str]]:
        return {}

    def load(self, split: Split) -> Examples:
        """The pairs of one split, placeholders dropped.

        Raises:
            BadInput: If the split's file is not there or cannot be read, its row count is not the expected one, or the
                Hub cannot be reached.
        """
        return self._part(split)[0]

    def facts(self) -> dict[str, Any]:
        """Origin, rows dropped and why, and how many dev and test pairs share a sentence with the training pairs."""
        here = [s for s in SPLITS if self._there(s)]
        parts = {split: self._part(split) for split in here}
        facts: dict[str, Any] = {
            "kind": "paws-x",
            "language": self.language,
            "train": self.train if "train" in here else None,
            "dropped": {split: dropped for split, (_, dropped, _) in parts.items()},
            "examples": {split: len(examples) for split, (examples, _, _) in parts.items()},
            "groups": {split: int(examples.frame["group"].nunique()) for split, (examples, _, _) in parts.items()},
        }
        if self.commit is not None:
            facts |= {"dataset": DATASET, "commit": self.commit}
        else:
            facts |= {"sha256": {split: digest for split, (_, _, digest) in parts.items()}}
        if "train" in here:
            train = parts["train"][0]
            facts["pairs_sharing_a_sentence_with_train"] = {
                split: sharing(train, parts[split][0]) for split in here if split != "train"
            }
        return facts

    def _file(self, split: Split) -> Path:
        train = {"official": "train", "12k": "train_12k", "strict": "train_strict"}[self.train]
        stem = {"train": train, "dev": "dev_2k", "test": "test_2k"}[split]
        return Path(str(self.data_dir), "pawsx", f"{stem}.{self.language}.tsv")

    def _there(self, split: Split) -> bool:
        return self._file(split).exists() if self.data_dir is not None else split != "train" or self.train == "official"

    def _part(self, split: Split) -> tuple[Examples, dict[str, int], str]:
        if split not in self._cache:
            raw = self._read(split)
            kept, dropped = _drop(raw)
            self._count(split, len(raw.frame), len(kept.frame), raw.origin)
            columns = named_columns({"id": "id"}, self.name)
            examples = examples_of(kept, columns, _LABELS, self.space, prefix=f"{split}-")
            self._cache[split] = examples, dropped, raw.digest
        return self._cache[split]

    def _read(self, split: Split) -> Raw:
        if self.data_dir is None and split == "train" and self.train != "official":
            raise BadInput(
                f"{self.name}: train={self.train} is a local file; give data_dir, or train=official (the Hub's)."
            )
        if self.commit is not None:
            return hub_rows(DATASET, self.language, self.commit, _HUB_SPLITS[split], self.timeout)
        file = self._file(split)
        if not file.exists() and file.parent.is_dir():
            raise BadInput(f"{file}: no such file.{self._remedy(split)}")
        return read_file(file, "tsv", quoting=False)

    def _remedy(self, split: Split) -> str:
        folder = self._file(split).parent
        if split == "train":
            stems = {"train": "official", "train_12k": "12k", "train_strict": "strict"}
            there = [choice for stem, choice in stems.items() if (folder / f"{stem}.{self.language}.tsv").exists()]
            if there:
                return f" There is train={', train='.join(there)}; the official file is on the Hub (data_dir=null)."
            return " There is no training file in this language; train on pawsx_en, or read the Hub (data_dir=null)."
        there = sorted(p.name for p in folder.glob(f"{split}*.tsv"))
        return f" There is: {', '.join(there) or 'none'}; or read the Hub (data_dir=null)."

    def _count(self, split: Split, read: int, kept: int, origin: str) -> None:
        found, when = kept, "after placeholders are dropped"
        if split in self.rows:
            expected = {self.rows[split]}
        elif self.commit is not None or (split == "train" and self.train == "official"):
            found, expected, when = read, {_PUBLISHED_ROWS[split]}, "as published"
        elif split == "train":
            expected = {_OTHER_TRAIN_ROWS[self.train]}
        elif self.language in _KEPT_ROWS:
            expected = {_KEPT_ROWS[self.language][split == "test"]}
        else:
            card = _CARD_ROWS[self.language][split == "test"]
            expected = {card, card + 1}
        if found not in expected:
            numbers = " or ".join(f"{n:,}" for n in sorted(expected))
            raise BadInput(
                f"{origin}: has {found:,} rows where {numbers} are expected {when}; "
                f"fetch it again, or set rows.{split}={kept} if yours is meant to differ."
            )


def _drop(raw: Raw) -> tuple[Raw, dict[str, int]]:
    """Without rows that hold no pair: a placeholder (NS) or nothing on a side, or the Hub's -1 for a missing label."""
    frame = raw.frame
    for column in ("sentence1", "sentence2", "label"):
        if column not in frame.columns:
            raise BadInput(f"{raw.origin}: has no column '{column}'; PAWS-X has id, sentence1, sentence2 and label.")
    sides = [frame[c].map(lambda v: v.strip() if isinstance(v, str) else "") for c in ("sentence1", "sentence2")]
    placeholder = (sides[0] == "NS") | (sides[1] == "NS")
    empty = ((sides[0] == "") | (sides[1] == "")) & ~placeholder
    unlabelled = (frame["label"].map(text_of) == "-1") & ~placeholder & ~empty
    counts = {"placeholder": placeholder, "empty": empty, "unlabelled": unlabelled}
    bad: pd.Series = placeholder | empty | unlabelled
    kept = frame.loc[~bad].reset_index(drop=True)
    return Raw(kept, raw.digest, raw.origin), {why: int(rows.sum()) for why, rows in counts.items()}
