"""A stand-in for NCBI's E-utilities on this machine: real HTTP, esummary and efetch, and faults on demand."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import pytest
from Bio.Seq import Seq
from Bio.SeqIO import write
from Bio.SeqRecord import SeqRecord

from exapt.builders.ncbi import Ncbi
from exapt.errors import BadInput

DRAW = random.Random(4)
RECORDS = {f"NC_90000{n}.{n}": "".join(DRAW.choices("ACGT", k=700 + 10 * n)) for n in range(1, 6)}
RECORDS["NC_900001.2"] = RECORDS["NC_900001.1"] + "ACGT"  # the newer version of the first
RECORDS["WP_000000001.1"] = "MKVLAAGIVGLPQ" * 9
SUMMARY = """<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE eSummaryResult PUBLIC "-//NLM//DTD esummary v1 20041029//EN"
 "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20041029/esummary-v1.dtd">
<eSummaryResult>
{}
</eSummaryResult>
"""
DOCUMENT = """<DocSum>
	<Id>{number}</Id>
	<Item Name="Caption" Type="String">{stem}</Item>
	<Item Name="Title" Type="String">a record &amp; more</Item>
	<Item Name="Length" Type="Integer">{length}</Item>
	<Item Name="AccessionVersion" Type="String">{accession}</Item>
</DocSum>"""


def text_of(accession: str, sequence: str, kind: str) -> str:
    """A record as Biopython writes it, which is not what reads it here."""
    protein = kind == "gp" or accession.startswith("WP_")
    record = SeqRecord(Seq(sequence), accession, accession.partition(".")[0], "a record")
    record.annotations["molecule_type"] = "protein" if protein else "DNA"
    out = StringIO()
    write(record, out, "fasta" if kind == "fasta" else "genbank")
    return out.getvalue() + "\n"


@dataclass
class Asked:
    """A request as it arrived: by the server's clock, in which process-wide order, with all that was sent."""

    at: float
    utility: str
    ids: list[str]
    path: str
    values: dict[str, str]


@dataclass
class Server:
    """What the stand-in knows, what it was asked, and the faults it has still to show.

    Attributes:
        records: Sequence by accession.version.
        faults: For each utility the faults of its next answers: a status, or "cut", "page", "silent", "stall"; None
            answers well.
        stalled: Set when an answer has stopped in its middle.
        go_on: Set it to let stalled and silent answers end.
    """

    records: dict[str, str]
    faults: dict[str, list[int | str | None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    base: str = ""
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def fetched(self) -> list[str]:
        """Accessions that efetch was asked for, in order."""
        return [one for asked in self.asked if asked.utility == "efetch" for one in asked.ids]

    def find(self, asked: str) -> str | None:
        """The accession.version of what was asked: itself, or the newest version of a stem."""
        if "." in asked:
            return asked if asked in self.records else None
        return max((a for a in self.records if a.partition(".")[0] == asked), default=None)

    def summary(self, ids: list[str]) -> str:
        parts = []
        for number, one in enumerate(ids, start=1):
            if found := self.find(one):
                stem, length = found.partition(".")[0], len(self.records[found])
                parts.append(DOCUMENT.format(number=number, stem=stem, length=length, accession=found))
            else:
                parts.append(f"<ERROR>Invalid uid {escape(one)} at position={number - 1}</ERROR>")
        return SUMMARY.format("\n".join(parts))


@contextmanager
def ncbi_of(records: dict[str, str]) -> Iterator[Server]:
    """A running stand-in that holds these records."""
    server = Server(records)

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None: ...

        def do_GET(self) -> None:
            self.answer("")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def answer(self, sent: str) -> None:
            values = {key: one for key, (one, *_) in parse_qs(sent).items()}
            utility = self.path.partition("?")[0].rsplit("/", 1)[-1].removesuffix(".fcgi")
            ids = values.get("id", "").split(",")
            server.asked.append(Asked(time.monotonic(), utility, ids, self.path, values))
            left = server.faults.get(utility, [])
            fault = left.pop(0) if left else None
            if fault == "silent":
                server.go_on.wait(30)
                return
            if isinstance(fault, int):
                self.reply(fault, server.body)
            elif fault == "page":
                self.reply(200, "<!DOCTYPE html><html>Sign in to this network</html>")
            elif utility == "esummary":
                self.reply(200, server.summary(ids))
            elif (found := server.find(ids[0])) is None:
                self.reply(400, "Failed to retrieve sequence")
            else:
                self.send(text_of(found, server.records[found], values["rettype"]).encode(), fault)

        def reply(self, status: int, text: str) -> None:
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def send(self, body: bytes, fault: Any) -> None:
            # as NCBI does, without a length: only the content can tell that it was cut off
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if fault == "stall":
                server.stalled.set()
                server.go_on.wait(30)
            if fault not in ("cut", "stall"):
                self.wfile.write(body[len(body) // 2 :])

    http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    http.daemon_threads = True
    server.base = f"http://127.0.0.1:{http.server_address[1]}/entrez/eutils"
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.go_on.set()
        http.shutdown()
        http.server_close()


def asking(server: Server, **changes: Any) -> Ncbi:
    given = {"email": "ada@example.org", "rate": 500.0, "backoff": 0.02, "timeout": 5.0, "base": server.base}
    return Ncbi(**(given | changes))


FETCH = """
import json, sys
from exapt.builders.ncbi import Ncbi, fetch
names, kind, settings = json.loads(sys.argv[1])
print("\\n".join(map(str, fetch(names, kind, Ncbi(**settings)))))
"""


def child(server: Server, names: list[str], kind: str, **changes: Any) -> subprocess.Popen[str]:
    given = {"email": "ada@example.org", "rate": 500.0, "backoff": 0.02, "base": server.base, **changes}
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, json.dumps([names, kind, given])],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line_of(call: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as caught:
        call()
    line = str(caught.value)
    assert "\n" not in line
    return line


def files(cache: Path) -> set[str]:
    return {p.name for p in cache.glob("*") if not p.name.startswith(".")}
