"""The cache's place and its content keys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.cache import cache_dir, content_key, keep

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_the_environment_moves_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "c"))
    assert cache_dir() == tmp_path / "c"
    assert not (tmp_path / "c").exists()
    monkeypatch.setenv("EXAPT_CACHE", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_dir() == tmp_path / ".cache" / "exapt"


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    assert content_key(value) == content_key(dict(reversed(value.items())))


def test_content_does() -> None:
    values = [{}, {"a": 1}, {"a": "1"}, {"a": [1]}, {"b": 1}, {"a": 1.5}, {"a": None}, {"a": "é"}]
    assert len({content_key(v) for v in values}) == len(values)
    with pytest.raises(ValueError, match="JSON"):
        content_key({"a": float("nan")})


def test_another_process_gives_the_same_key() -> None:
    value = {"b": [1, 2.5, None], "a": {"x": "ü"}}
    code = "import sys; from exapt.cache import content_key; print(content_key({'a': {'x': 'ü'}, 'b': [1, 2.5, None]}))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert made == content_key(value)


def test_a_file_is_kept_whole_or_not_at_all(tmp_path: Path, said: list[str]) -> None:
    file = tmp_path / "audits" / "a.json"
    keep(file, lambda path: path.write_text("one"))
    assert file.read_text() == "one"
    with pytest.raises(ZeroDivisionError):
        keep(file, lambda path: 1 / 0)
    assert file.read_text() == "one" and [p.name for p in file.parent.iterdir()] == ["a.json"]
    assert said == []
    keep(file / "b.json", lambda path: path.write_text("two"))
    (line,) = said
    assert line == f"{file / 'b.json'}: cannot be written (File exists); set EXAPT_CACHE to another folder."
