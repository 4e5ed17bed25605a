"""What tasks of labelled rows have in common: columns, labels, parts, division by group, a drawn test subsample."""

from abc import abstractmethod
from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np

from exapt.errors import BadInput, did_you_mean
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.columns import Alphabet, Grouping, Side, examples_of, first_letters, label_space, named_columns
from exapt.tasks.groups import divide, draw
from exapt.tasks.reading import Raw
from exapt.tasks.task import SPLITS, Split, Task
from exapt.tasks.unlabelled import Unlabelled, unlabelled_of


@settings
class RowTask(Task):
    """A task whose examples are labelled rows of one or more parts (files, or splits of a Hub data set).

    With `columns.label` null there are no labels: such rows can be predicted (`unlabelled`), but are no examples.

    Attributes:
        name: Short name of the task.
        columns: Column of each role where it differs from the default: left (sentence1), right (sentence2; null for
            single sequences), label (label; null for rows without labels), id (null: ids are the row numbers), group
            (null: see `group`).
        labels: Class name of each raw label, matched by their text; null only where there are none.
        positive: The class that answers to the source's positive class; null only where there are no labels.
        group: Without a group column: "shared" joins rows that share a side, "row" takes rows for independent.
        alphabet: Sides whose letters are checked: `{left: dna, right: protein}`.
        fractions: Divides one part between splits by group, `{train: 0.8, dev: 0.1, test: 0.1}`; null does not.
        rows: Number of rows that a part must have, by part.
        letters: Keeps so many first letters of each side, before anything else is done; null keeps all.
        limit: Draws a subsample of the test split by group, of at most this many examples; null takes all.
        seed: Seed of the division and of the draw.
        signal: Families of features that the task is about (see `exapt audit`): they warn, and stop nothing.
    """

    labels: dict[str | int | bool, str] | None = None
    positive: str | None = None
    name: str = "table"
    columns: dict[str, str | None] = field(default_factory=dict)
    group: Grouping = "shared"
    alphabet: dict[Side, Alphabet] = field(default_factory=dict)
    fractions: dict[Split, float] | None = None
    rows: dict[str, int] = field(default_factory=dict)
    letters: int | None = None
    limit: int | None = None
    seed: int = 0
    signal: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        columns = named_columns(self.columns, self.name)
        if self.labelled:
            _ = self.space
        else:
            given = {key: getattr(self, key) for key in ("labels", "positive", "fractions", "limit")}
            unread = [key for key, value in {**given, "columns.group": columns["group"]}.items() if value is not None]
            if unread:
                raise BadInput(
                    f"{self.name}: columns.label is null, so the rows have no labels and {unread[0]} says nothing; "
                    "drop one of the two."
                )
        if columns["group"] is not None and self.group == "row":
            raise BadInput(f"{self.name}: columns.group and group=row contradict each other; give one of them.")
        if self.limit is not None and self.limit < 1:
            raise BadInput(f"{self.name}: limit is {self.limit}; give at least 1, or null for all examples.")
        if self.letters is not None and self.letters < 1:
            raise BadInput(f"{self.name}: letters is {self.letters}; give at least 1, or null to keep all.")
        if self.seed < 0:
            raise BadInput(f"{self.name}: seed is {self.seed}; give 0 or more.")
        parts = self._parts()
        if not parts:
            raise BadInput(f"{self.name}: splits is empty; name the part of at least one split.")
        if self.fractions is not None:
            values = list(self.fractions.values())
            if any(not v > 0 for v in values) or abs(sum(values) - 1) > 1e-6:
                raise BadInput(f"{self.name}: fractions must be above 0 and add up to 1, got {self.fractions}.")
            if len(set(parts.values())) != 1:
                raise BadInput(f"{self.name}: fractions divide one part, splits names {len(parts)}; give one of them.")
        unknown = [part for part in self.rows if part not in parts.values()]
        if unknown:
            hint = did_you_mean(unknown[0], parts.values())
            raise BadInput(f"{self.name}: rows.{unknown[0]} is not a part that is read.{hint}")

    @abstractmethod
    def _parts(self) -> dict[Split, str]:
        """The part that each split is read from."""

    @abstractmethod
    def _read(self, part: str) -> Raw:
        """The rows of one part."""

    @abstractmethod
    def _origin_facts(self) -> dict[str, Any]:
        """Facts on where the rows come from and what pins their content."""

    @cached_property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """The two classes.

        Raises:
            BadInput: If the rows have no labels, or the classes are not named.
        """
        if not self.labelled:
            raise BadInput(f"{self.name}: has no labels (columns.label is null); only exapt predict can do without.")
        if self.labels is None or self.positive is None:
            key, form = ("labels", "{RAW: NAME, RAW: NAME}") if self.labels is None else ("positive", "NAME")
            raise BadInput(f"{self.name}: {key} is missing; give {key}={form}, or columns.label=null if nobody knows.")
        return label_space(self.labels, self.positive)

    @property
    def labelled(self) -> bool:
        """Whether the rows have labels."""
        return named_columns(self.columns, self.name)["label"] is not None

    def unlabelled(self) -> Unlabelled:
        """The test split's rows without their labels, whether there are any or not.

        Raises:
            BadInput: If there is no test split, or its rows cannot be read or understood.
        """
        if "test" not in self._parts():
            raise BadInput(f"{self.name}: has no test split, which is what is predicted; name a part for it.")
        raw = self._rows(self._parts()["test"])
        return unlabelled_of(raw, named_columns(self.columns, self.name), self.alphabet)

    @cached_property
    def _cache(self) -> dict[str, Any]:
        return {}

    def load(self, split: Split) -> Examples:
        """The examples of one split; files are read on the first call.

        Raises:
            BadInput: If there is no such split, or its rows cannot be read or understood.
        """
        here = self._here()
        if split not in here:
            raise BadInput(f"{self.name}: has no {split} split; there is: {', '.join(here)}.{self._remedy(split)}")
        key = f"split {split}"
        if key not in self._cache:
            self._cache[key] = self._split(split)
        examples: Examples = self._cache[key]
        return examples

    def facts(self) -> dict[str, Any]:
        """What was read and how; every split is loaded for it, so that facts do not depend on what was asked before."""
        loaded = {split: self.load(split) for split in self._here()}
        facts = {
            **self._origin_facts(),
            "columns": named_columns(self.columns, self.name),
            "labels": {str(raw): name for raw, name in (self.labels or {}).items()},
            "group": self.group if named_columns(self.columns, self.name)["group"] is None else "column",
            "rows": {part: len(self._part(part)[0]) for part in dict.fromkeys(self._parts().values())},
            "examples": {split: len(examples) for split, examples in loaded.items()},
            "groups": {split: int(examples.frame["group"].nunique()) for split, examples in loaded.items()},
            "fractions": self.fractions,
            "limit": self.limit,
            "seed": self.seed,
        }
        if self.letters is not None:
            facts["letters"] = self.letters
        if "train" in loaded and self.fractions is None:
            facts["examples_sharing_a_side_with_train"] = {
                split: sharing(loaded["train"], examples) for split, examples in loaded.items() if split != "train"
            }
        return facts

    def _digests(self) -> dict[str, str]:
        return {part: self._part(part)[1] for part in dict.fromkeys(self._parts().values())}

    def _here(self) -> list[Split]:
        given = self._parts() if self.fractions is None else self.fractions
        return [split for split in SPLITS if split in given]

    def _remedy(self, split: Split) -> str:
        return f" Name a part for it (splits.{split}=...), or divide one with fractions."

    def _part(self, part: str) -> tuple[Examples, str]:
        key = f"part {part}"
        if key not in self._cache:
            space = self.space  # before a file is read: there may be no labels
            raw = self._rows(part)
            # groups of two files may bear one number, hence the part's name before it
            prefix = f"{part}-" if len(set(self._parts().values())) > 1 else ""
            made = examples_of(
                raw,
                named_columns(self.columns, self.name),
                self.labels or {},
                space,
                alphabet=self.alphabet,
                grouping=self.group,
                prefix=prefix,
            )
            self._cache[key] = made, raw.digest
        cached: tuple[Examples, str] = self._cache[key]
        return cached

    def _rows(self, part: str) -> Raw:
        raw = self._read(part)
        if part in self.rows and len(raw.frame) != self.rows[part]:
            raise BadInput(
                f"{raw.origin}: has {len(raw.frame):,} rows where {self.rows[part]:,} are expected (rows.{part}); "
                f"fetch it again, or set rows={{}} if yours is meant to differ."
            )
        return raw if self.letters is None else first_letters(raw, named_columns(self.columns, self.name), self.letters)

    def _split(self, split: Split) -> Examples:
        if self.fractions is None:
            examples = self._part(self._parts()[split])[0]
        else:
            whole = self._part(next(iter(self._parts().values())))[0]
            rows = divide(whole.frame["group"].tolist(), self.fractions, self.seed)[split]
            if not len(rows):
                raise BadInput(f"{self.name}: no group is left for {split}; give it a larger fraction, or more data.")
            examples = whole.take(rows)
        if split == "test" and self.limit is not None:
            chosen = draw(examples.frame["group"].tolist(), self.limit, self.seed)
            if not len(chosen):
                raise BadInput(f"{self.name}: limit={self.limit} is smaller than every group; raise it.")
            examples = examples.take(chosen)
        return examples


def sharing(train: Examples, other: Examples) -> int:
    """How many examples of `other` have a side that also stands in `train`, on whichever side."""
    seen = set(train.frame["left"]) | set(train.frame["right"].dropna())
    return int(np.count_nonzero(other.frame["left"].isin(seen) | other.frame["right"].isin(seen)))
