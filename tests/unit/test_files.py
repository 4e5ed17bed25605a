"""Files are written whole or not at all, and equal content gives equal bytes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from exapt.files import write_atomically, write_json


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": [1, {"d": "ä", "c": None}]})
    write_json(tmp_path / "b.json", {"a": [1, {"c": None, "d": "ä"}], "b": 1})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert "ä" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "file.txt"
    write_atomically(place, lambda p: p.write_text("old"))

    def fails(path: Path) -> None:
        path.write_text("half of the ne")
        assert place.read_text() == "old"  # a reader in the meantime
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_atomically(place, fails)
    assert place.read_text() == "old" and [path.name for path in place.parent.iterdir()] == ["file.txt"]


def test_a_written_file_is_for_all_to_read(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file.txt", lambda p: p.write_text("new"))
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_has_no_word_for_leaves_no_file(number: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"a": number})
    assert list(tmp_path.iterdir()) == []
