"""Makes checked examples of raw rows: names the columns, understands the labels, checks the sides, finds the groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from exapt.errors import BadInput, did_you_mean
from exapt.example import Examples, LabelSpace
from exapt.sequences import IUPAC_PROTEIN, check_dna
from exapt.tasks.groups import shared_sides
from exapt.tasks.reading import Raw

Side = Literal["left", "right"]
Alphabet = Literal["dna", "protein"]
Grouping = Literal["shared", "row"]

# what a column is called unless the configuration says otherwise; None: there is none
DEFAULTS: dict[str, str | None] = {
    "left": "sentence1",
    "right": "sentence2",
    "label": "label",
    "id": None,
    "group": None,
}


def named_columns(columns: Mapping[str, str | None], owner: str) -> dict[str, str | None]:
    """The column of every role, defaults filled in.

    Args:
        columns: Roles (left, right, label, id, group) that differ from sentence1, sentence2, label, none, none.
        owner: The task's name, for messages.

    Raises:
        BadInput: For a role that does not exist, `left` set to null, or one column for both sides.
    """
    for role in columns:
        if role not in DEFAULTS:
            raise BadInput(f"{owner}: columns.{role} is not a role of a column.{did_you_mean(role, DEFAULTS)}")
    merged = {**DEFAULTS, **columns}
    if merged["left"] is None:
        raise BadInput(f"{owner}: columns.left is null; name the column that holds it.")
    if merged["left"] == merged["right"]:
        raise BadInput(
            f"{owner}: columns.left and columns.right are both '{merged['left']}'; name two columns, or null."
        )
    return merged


def text_of(value: Any) -> str:
    """The text by which a raw value is matched: the numbers 1 and 1.0 and "1" are "1"; True and "True" are "true"."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    return text.lower() if text.lower() in ("true", "false") else text


def label_space(labels: Mapping[Any, str], positive: str) -> LabelSpace:
    """The two classes, in the order in which `labels` first names them.

    Raises:
        BadInput: If `labels` does not name two classes, or `positive` is none of them.
    """
    names = list(dict.fromkeys(labels.values()))
    if len(names) != 2:
        raise BadInput(f"labels: a task has exactly two classes, got {names}; map each raw label to one of two names.")
    return LabelSpace((names[0], names[1]), positive)


def examples_of(
    raw: Raw,
    columns: Mapping[str, str | None],
    labels: Mapping[Any, str],
    space: LabelSpace,
    *,
    alphabet: Mapping[Side, Alphabet] | None = None,
    grouping: Grouping = "shared",
    prefix: str = "",
) -> Examples:
    """Checked examples of raw rows, in their order.

    Args:
        raw: The rows.
        columns: The column of every role, as `named_columns` gives them.
        labels: Class name of each raw label; keys and values of the file are matched by their text.
        space: The label space.
        alphabet: Sides whose letters are checked, and against what.
        grouping: Without a group column: "shared" joins rows that share a side (see `shared_sides`), "row" takes
            every row for independent.
        prefix: Put before the found groups, so that those of two files are not taken for the same.

    Raises:
        BadInput: For a missing column, an unknown label, an empty side, an empty or repeated id, a letter outside the
            alphabet; the message names the file and the row (1 is the first example).
    """
    found = _columns(raw, columns)
    ids, left, second = sides_of(raw, columns, alphabet)
    if "group" in found:
        groups = _texts(found["group"])
    elif grouping == "row":
        groups = ids
    else:
        groups = [prefix + group for group in shared_sides(left, second)]
    names = _labels(raw.origin, str(columns["label"]), found["label"], labels)
    table = {"id": ids, "left": left, "right": second, "label": names, "group": groups}
    # object columns: pandas' own strings are several times slower to walk through
    return Examples(pd.DataFrame({c: pd.Series(v, dtype=object) for c, v in table.items()}), space, raw.origin)


def sides_of(
    raw: Raw, columns: Mapping[str, str | None], alphabet: Mapping[Side, Alphabet] | None = None
) -> tuple[list[str], list[str], list[str | None]]:
    """Ids, left and right sides of raw rows: without a column, ids are row numbers and right sides are all None.

    Raises:
        BadInput: For a missing column, an empty side, or a letter outside the alphabet.
    """
    found = _columns(raw, {role: columns[role] for role in ("id", "left", "right")})
    ids = _texts(found["id"]) if "id" in found else [f"row-{row:06d}" for row in range(1, len(raw.frame) + 1)]
    left = _side(raw.origin, "left", columns["left"], found["left"])
    right = _side(raw.origin, "right", columns["right"], found["right"]) if "right" in found else None
    sides: dict[Side, list[str]] = {"left": left} if right is None else {"left": left, "right": right}
    for side, letters in (alphabet or {}).items():
        if side not in sides:
            raise BadInput(f"{raw.origin}: alphabet.{side} is set, but columns.{side} is null; drop one of the two.")
        _check_letters(raw.origin, str(columns[side]), sides[side], letters)
    return ids, left, [*right] if right is not None else [None] * len(left)


def first_letters(raw: Raw, columns: Mapping[str, str | None], letters: int) -> Raw:
    """The same rows with the first letters of each side.

    Args:
        raw: The rows; columns that are not there are left to who reads them.
        columns: The column of every role, as `named_columns` gives them.
        letters: How many of each side are kept.
    """
    sides = {columns["left"], columns["right"]} & set(map(str, raw.frame.columns))
    kept = {
        str(side): raw.frame[side].map(lambda text: text[:letters] if isinstance(text, str) else text)
        for side in sides
    }  # fmt: skip
    return Raw(raw.frame.assign(**kept), raw.digest, raw.origin)


def _columns(raw: Raw, columns: Mapping[str, str | None]) -> dict[str, list[Any]]:
    return {role: _column(raw, columns, role, name) for role, name in columns.items() if name is not None}


def _column(raw: Raw, columns: Mapping[str, str | None], role: str, name: str) -> list[Any]:
    if name not in raw.frame.columns:
        names = [str(column) for column in raw.frame.columns]
        free = [column for column in names if column not in columns.values()]  # a column that has a role is no remedy
        hint = did_you_mean(name, free) if free else f" There is: {', '.join(sorted(names))}."
        raise BadInput(f"{raw.origin}: has no column '{name}' (columns.{role}).{hint}")
    return list(raw.frame[name])


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _texts(values: list[Any]) -> list[str]:
    return ["" if _missing(v) else v if isinstance(v, str) else text_of(v) for v in values]


def _side(origin: str, side: Side, column: str | None, values: list[Any]) -> list[str]:
    texts = _texts(values)
    for row, text in enumerate(texts, start=1):
        if not text or text.isspace():
            raise BadInput(f"{origin}: row {row} has an empty {column} ({side} side); give it a value or drop the row.")
    return texts


def _labels(origin: str, column: str, values: list[Any], labels: Mapping[Any, str]) -> list[str]:
    known = {text_of(raw): name for raw, name in labels.items()}
    names = []
    for row, value in enumerate(values, start=1):
        if type(value) is str and value in known:
            names.append(known[value])
            continue
        text = "" if _missing(value) else text_of(value)
        if text not in known:
            what = f"the {column} '{text}'" if text else f"no {column}"
            there = ", ".join(known)
            raise BadInput(f"{origin}: row {row} has {what}; labels knows {there}. Name it there, or drop the row.")
        names.append(known[text])
    return names


def _check_letters(origin: str, column: str, texts: list[str], alphabet: Alphabet) -> None:
    for row, text in enumerate(texts, start=1):
        place = f"{origin}: row {row}, {column}"
        if alphabet == "dna":
            check_dna(text.upper(), place)
        elif strange := set(text.upper()).difference(IUPAC_PROTEIN):
            raise BadInput(f"{place}: holds '{min(strange)}', which is no IUPAC letter of a protein; mend the row.")
