"""Manners towards NCBI and patience with it: rate, pauses and tries, by the stand-in's own clock."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exapt.builders.ncbi import fetch
from tests.unit.builders.ncbi_server import RECORDS, Server, asking, child, files, line_of, ncbi_of, text_of


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ncbi"


@pytest.fixture
def server() -> Iterator[Server]:
    with ncbi_of(RECORDS) as made:
        yield made


def gaps(server: Server) -> list[float]:
    times = [asked.at for asked in server.asked]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_requests_come_no_faster_than_the_rate(server: Server) -> None:
    fetch(sorted(RECORDS)[:6], "genbank", asking(server, rate=10.0))
    assert len(server.asked) == 7
    assert sum(gaps(server)) >= 6 / 10 and min(gaps(server)) >= 0.08
    # and no slower than need be
    assert sum(gaps(server)) <= 6 / 10 * 1.1 + 1
    server.asked.clear()
    fetch(sorted(RECORDS)[:6], "fasta", asking(server, rate=500.0))
    assert sum(gaps(server)) < 6 / 10


def test_two_processes_share_the_rate(server: Server) -> None:
    names = sorted(RECORDS)[:5]
    both = [child(server, names, kind, rate=10.0) for kind in ("genbank", "fasta")]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(server.asked) == 12 and min(gaps(server)) >= 0.08


PASSING: dict[str, tuple[str, list[int | str | None]]] = {
    "429": ("efetch", [429, 429]),
    "500": ("efetch", [500, 503]),
    "429 of the summary": ("esummary", [429]),
    "truncated": ("efetch", ["cut", "cut"]),
    "another page": ("efetch", ["page"]),
    "another page for the summary": ("esummary", ["page"]),
    "silence": ("efetch", ["silent"]),
}


@pytest.mark.parametrize("kind", ["genbank", "fasta"])
@pytest.mark.parametrize("fault", PASSING)
def test_what_fails_in_passing_is_asked_again(fault: str, kind: Any, server: Server, cache: Path) -> None:
    utility, faults = PASSING[fault]
    server.faults[utility] = [*faults]
    (path,) = fetch(["NC_900002.2"], kind, asking(server, timeout=0.5))
    assert path.read_text() == text_of("NC_900002.2", RECORDS["NC_900002.2"], kind)
    assert [a.utility for a in server.asked].count(utility) == len(faults) + 1
    assert files(cache) == {path.name}


def test_pauses_double_and_the_servers_own_wish_counts(server: Server) -> None:
    server.faults["efetch"] = [500, 500, 500]
    fetch(["NC_900002.2"], "fasta", asking(server, backoff=0.1))
    waited = gaps(server)[1:]
    assert [0.1 <= waited[0] < 0.2, 0.2 <= waited[1] < 0.4, 0.4 <= waited[2] < 0.8] == [True] * 3, waited
    server.asked.clear()
    server.faults["efetch"], server.headers["Retry-After"] = [429], "1"
    fetch(["NC_900003.3"], "fasta", asking(server))
    assert gaps(server)[1] >= 1


@pytest.mark.parametrize("fault", [500, "cut", "page"])
def test_what_keeps_failing_is_one_line_and_leaves_nothing(fault: int | str, server: Server, cache: Path) -> None:
    server.faults["efetch"] = [None, *[fault] * 9]
    names = ["NC_900002.2", "NC_900003.3"]
    line = line_of(lambda: fetch(names, "fasta", asking(server, tries=3)))
    assert line.startswith("ncbi:NC_900003.3: NCBI gave no whole answer in 3 tries (")
    assert files(cache) == {"NC_900002.2.fasta"}
    assert not list(cache.glob("*.part")) and not list(cache.glob(".*.part"))
    assert server.fetched() == ["NC_900002.2", *["NC_900003.3"] * 3]


def test_a_final_no_is_asked_once(server: Server) -> None:
    server.faults["efetch"] = [400]
    line = line_of(lambda: fetch(["NC_900002.2"], "genbank", asking(server)))
    assert line.startswith("ncbi:NC_900002.2: NCBI has no such record to fetch (HTTP 400)")
    assert server.fetched() == ["NC_900002.2"]
    # a summary of several that is refused is asked in halves, and the one at fault is named
    server.faults["esummary"] = [400, None, 400, 400]
    line = line_of(lambda: fetch(["NC_900001.1", "NC_900003.3", "NC_900004.4"], "genbank", asking(server)))
    assert line.startswith("ncbi:NC_900003.3: NCBI has no such record (HTTP 400)")
    server.faults["esummary"] = [403]
    assert "ncbi:NC_900003.3: NCBI refuses to answer (HTTP 403)" in line_of(
        lambda: fetch(["NC_900003.3"], "genbank", asking(server))
    )
