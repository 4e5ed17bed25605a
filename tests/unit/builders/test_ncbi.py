"""Fetching by accession, against a stand-in for NCBI that answers over real sockets."""

from __future__ import annotations

import dataclasses
import gzip
import json
import logging
import pickle
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Bio import SeqIO
from pydantic import ValidationError

from exapt.builders.entrez import Broken, Summary
from exapt.builders.genomes import read_genome
from exapt.builders.ncbi import Ncbi, _check, fetch, resolve
from exapt.cache import cache_dir
from exapt.settings import one_line
from tests.unit.builders.ncbi_server import RECORDS, Server, asking, child, files, line_of, ncbi_of, text_of

KEY = "0123456789abcdef0123456789abcdef0123"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ncbi"


@pytest.fixture
def server() -> Iterator[Server]:
    with ncbi_of(RECORDS) as made:
        yield made


def test_a_genbank_record_is_what_was_asked_for(server: Server, cache: Path) -> None:
    (path,) = fetch(["NC_900003.3"], "genbank", asking(server))
    assert path == cache / "NC_900003.3.gb"
    assert read_genome(path).sequences == (RECORDS["NC_900003.3"],)
    assert read_genome(path).names == ("NC_900003.3",)
    asked = server.asked[-1].values
    # without "withparts" NCBI leaves the sequence of large records out
    assert (asked["db"], asked["rettype"], asked["retmode"]) == ("nuccore", "gbwithparts", "text")
    assert asked["email"] == "ada@example.org" and asked["tool"] == "exapt"


def test_fasta_and_proteins(server: Server, cache: Path) -> None:
    paths = fetch(["WP_000000001.1", "NC_900002.2"], "fasta", asking(server))
    assert [p.name for p in paths] == ["WP_000000001.1.fasta", "NC_900002.2.fasta"]
    assert [str(SeqIO.read(p, "fasta").seq) for p in paths] == [RECORDS[p.stem] for p in paths]
    assert {a.values["db"] for a in server.asked if a.ids[0].startswith("WP")} == {"protein"}
    (path,) = fetch(["WP_000000001.1"], "genbank", asking(server))
    assert server.asked[-1].values["rettype"] == "gp"
    assert str(SeqIO.read(path, "genbank").seq) == RECORDS["WP_000000001.1"]


def test_an_accession_without_version_is_resolved_first(server: Server, cache: Path, said: list[str]) -> None:
    paths = fetch(["nc_900001", "NC_900001.1"], "genbank", asking(server))
    assert [p.name for p in paths] == ["NC_900001.2.gb", "NC_900001.1.gb"]
    assert [len(read_genome(p).sequences[0]) for p in paths] == [714, 710]
    assert server.asked[0].utility == "esummary" and server.fetched() == ["NC_900001.2", "NC_900001.1"]
    assert any("ncbi:NC_900001 is NC_900001.2 now" in line for line in said)
    # a newest version is asked for again, its file is not fetched again
    server.asked.clear()
    assert fetch(["NC_900001"], "genbank", asking(server)) == paths[:1]
    assert [a.utility for a in server.asked] == ["esummary"]
    # the same record by both names is fetched once
    fetch(["NC_900001", "NC_900001.2"], "fasta", asking(server))
    assert server.fetched() == ["NC_900001.2"]


def test_what_is_cached_needs_no_request_no_email_and_no_network(server: Server) -> None:
    names = ["NC_900002.2", "NC_900003.3", "NC_900002.2"]
    first = fetch(names, "fasta", asking(server))
    made = len(server.asked)
    assert made == 3 and first[0] == first[2]
    assert fetch(names, "fasta", asking(server)) == first
    assert fetch(names, "fasta", Ncbi(base="http://127.0.0.1:9")) == first
    assert len(server.asked) == made
    assert fetch([], "fasta", Ncbi()) == []


def test_inputs_are_paths_or_accessions(server: Server, cache: Path) -> None:
    assert resolve("some/genome.fa", Ncbi()) == Path("some/genome.fa")
    assert resolve("ncbi:NC_900002.2", asking(server)) == cache / "NC_900002.2.gb"
    assert resolve("ncbi:NC_900002.2", asking(server), "fasta") == cache / "NC_900002.2.fasta"


def test_limits_of_ncbi_are_kept_by_default() -> None:
    assert Ncbi().per_second() == 3.0
    assert Ncbi(api_key=KEY).per_second() == 10.0
    assert Ncbi(api_key=KEY, rate=1.0).per_second() == 1.0


def test_a_wrong_accession_is_named(server: Server, cache: Path) -> None:
    names = ["NC_900002.2", "NC_999999", "NC_900003.3"]
    line = line_of(lambda: fetch(names, "genbank", asking(server)))
    assert line.startswith("ncbi:NC_999999: NCBI has no such record; look it up at https://")
    line = line_of(lambda: fetch(["NC_900004.9"], "genbank", asking(server)))
    assert line.startswith("ncbi:NC_900004.9: NCBI has no such record; look it up")
    assert server.fetched() == [] and files(cache) == set()


@pytest.mark.parametrize(
    ("name", "part"),
    [("GCF_000006945.1", "is an assembly"), ("ecoli.gb", "is no accession"), ("", "is no accession")],
)
def test_what_is_no_accession_is_never_sent(name: str, part: str, server: Server) -> None:
    line = line_of(lambda: fetch(["NC_900002.2", name], "genbank", asking(server)))
    assert line.startswith(f"ncbi:{name}: ") and part in line and server.asked == []


def test_no_email_and_no_network_are_one_line(server: Server) -> None:
    line = line_of(lambda: fetch(["NC_900002.2"], "genbank", asking(server, email=None)))
    assert line.startswith("ncbi:NC_900002.2: ") and line.endswith("give ncbi.email=NAME@HOST.")
    assert server.asked == []
    nobody = asking(server, base="http://127.0.0.1:9/entrez", tries=2)
    line = line_of(lambda: fetch(["NC_900002.2"], "genbank", nobody))
    assert line.startswith("ncbi:NC_900002.2: NCBI gave no whole answer in 2 tries (") and "refused" in line


def test_a_record_without_a_sequence_says_so(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    master = "LOCUS       NC_900002  730 bp DNA\nVERSION     NC_900002.2\nCONTIG      join(NC_900003.3:1..730)\n//\n"
    monkeypatch.setattr("tests.unit.builders.ncbi_server.text_of", lambda *_: master)
    line = line_of(lambda: fetch(["NC_900002.2"], "genbank", asking(server)))
    assert line.startswith("ncbi:NC_900002.2: has no sequence of its own")
    assert len(server.fetched()) == 1 and files(cache) == set()


def test_killed_in_the_middle_it_continues_where_it_was(server: Server, cache: Path) -> None:
    names = ["NC_900002.2", "NC_900003.3", "NC_900004.4", "NC_900005.5"]
    server.faults["efetch"] = [None, None, "stall"]
    process = child(server, names, "genbank")
    assert server.stalled.wait(60), process.poll()
    time.sleep(0.5)  # half the record has left the server: the child may write what it has
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    server.go_on.set()
    assert files(cache) == {"NC_900002.2.gb", "NC_900003.3.gb"}
    before = {name: (cache / name).stat().st_mtime_ns for name in files(cache)}
    server.asked.clear()
    paths = fetch(names, "genbank", asking(server))
    assert server.fetched() == ["NC_900004.4", "NC_900005.5"]
    assert server.asked[0].ids == ["NC_900004.4", "NC_900005.5"], "one summary, of what is missing"
    assert [read_genome(path).sequences[0] for path in paths] == [RECORDS[name] for name in names]
    assert {name: (cache / name).stat().st_mtime_ns for name in before} == before


def test_the_key_is_sent_and_stands_nowhere(
    server: Server, cache: Path, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings = asking(server, api_key=KEY)
    with caplog.at_level(logging.DEBUG):
        fetch(["NC_900002"], "genbank", settings)
    assert all(asked.values["api_key"] == KEY and KEY not in asked.path for asked in server.asked)
    assert "api_key" not in asking(server).__dict__ and settings == asking(server)
    server.faults["esummary"], server.body = [400], json.dumps({"error": "API key invalid", "api-key": KEY})
    lines = [line_of(lambda: fetch(["NC_900003.3"], "genbank", settings))]
    assert lines[0].startswith("ncbi.api_key: NCBI refuses the key")
    server.faults["esummary"] = [500] * 9
    lines.append(line_of(lambda: fetch(["NC_900003.3"], "genbank", settings)))
    with pytest.raises(ValidationError) as caught:
        Ncbi(api_key=12345678)  # type: ignore[arg-type]
    assert one_line(caught.value) == "ncbi.api_key: is no text; put it in quotes."
    shown = [repr(settings), str(dataclasses.asdict(settings)), *lines, *said, caplog.text]
    assert not [text for text in shown if KEY in text]
    assert not [p for p in cache_dir().rglob("*") if p.is_file() and KEY.encode() in p.read_bytes()]
    assert pickle.loads(pickle.dumps(settings)).secret() == KEY, "a launcher's own process asks with it too"


@pytest.mark.parametrize(
    ("given", "part"),
    [({"email": "ada"}, "ncbi.email"), ({"rate": 0.0}, "ncbi.rate"), ({"tries": 0}, "ncbi.tries"),
     ({"timeout": float("inf")}, "ncbi.timeout")],
)  # fmt: skip
def test_wrong_settings_are_refused(given: dict[str, Any], part: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Ncbi(**given)
    assert one_line(caught.value).startswith(f"{part}: ")


@pytest.mark.parametrize("kind", ["genbank", "fasta"])
def test_no_cut_goes_unseen(kind: Any, tmp_path: Path) -> None:
    """A record cut after any letter is refused, until all that is missing is white space at its end."""
    name = "NC_900002.2"
    text = text_of(name, RECORDS[name][:130], kind)
    path, record = tmp_path / "cut", Summary(name, 130)
    for end in range(len(text)):
        path.write_text(text[:end])
        if text[end:].strip():
            with pytest.raises(Broken):
                _check(path, record, kind)
        else:
            _check(path, record, kind)
    for other in (text.replace(name, "NC_900002.1"), text + text, "", "<html></html>"):
        path.write_text(other)
        with pytest.raises(Broken):
            _check(path, record, kind)


def test_real_records_of_ncbi_pass(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "whole.gb"
    data = gzip.decompress((data_dir / "genomes" / "ecoli_k12_mg1655.gbff.gz").read_bytes())
    path.write_bytes(data)
    _check(path, Summary("NC_000913.3", 4_641_652), "genbank")
    path.write_bytes(data[:-1000])
    with pytest.raises(Broken, match="cut off"):
        _check(path, Summary("NC_000913.3", 4_641_652), "genbank")
