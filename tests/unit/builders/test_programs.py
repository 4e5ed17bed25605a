"""Outside programs: tables read whole and exactly, failures in one line, nothing left running."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exapt.builders import programs
from exapt.builders.programs import Call, _reached, read_hits, run, write_fasta
from exapt.errors import BadInput

COLUMNS = ["query", "subject", "score", "evalue", "qseq", "pident"]
rows = st.tuples(
    st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-(10**6), 10**6),
    st.floats(0, 10, allow_subnormal=False), st.sampled_from(["NA", "null", "ACGT-A", '"A', "1e5", "NaN", "true"]),
    st.floats(0, 100),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=st.lists(rows, max_size=20))
def test_what_is_written_is_read(table: list[tuple[object, ...]], tmp_path: Path) -> None:
    file = tmp_path / "hits.tsv"
    file.write_text("".join("\t".join(map(str, row)) + "\n" for row in table))
    read = read_hits(file, COLUMNS)
    assert list(read.itertuples(index=False, name=None)) == table
    assert read.dtypes[["query", "subject", "score", "evalue", "pident"]].map(lambda t: t.kind).tolist() == list(
        "iiiff"
    )


def test_a_million_hits_take_a_second_or_two(tmp_path: Path) -> None:
    file = tmp_path / "hits.tsv"
    line = "\t150\t120\t1e-20\t85.5\n"
    file.write_text("".join(f"{n}\t{n}{line}" for n in range(1_000_000)))
    begun = time.process_time()
    read = read_hits(file, ["query", "subject", "length", "nident", "evalue", "pident"])
    assert time.process_time() - begun < 5  # a loop over lines takes longer
    assert (len(read), read["query"].sum()) == (1_000_000, sum(range(1_000_000)))


def test_a_line_may_be_longer_than_a_genome(tmp_path: Path) -> None:
    file = tmp_path / "hits.tsv"
    file.write_text(f"0\t0\t{'ACGT' * 1_500_000}\n")
    assert read_hits(file, ["query", "subject", "qseq"])["qseq"].str.len().tolist() == [6_000_000]


def test_output_goes_to_the_file_and_failures_say_the_last_line(tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    says = [[sys.executable, "-c", f"import os; print({k}, os.environ['A'], os.getcwd())"] for k in range(2)]
    run([Call(command, out) for command, out in zip(says, outs, strict=True)], tmp_path, environment={"A": "b"})
    assert [out.read_text() for out in outs] == [f"{k} b {tmp_path}\n" for k in range(2)]
    fails = [sys.executable, "-c", "import sys; print('first\\nthe last', file=sys.stderr); sys.exit(3)"]
    with pytest.raises(BadInput, match=r"failed with code 3: the last$"):
        run([Call(fails)], tmp_path)


def test_one_that_fails_ends_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "threads", lambda: 2)
    lasts = [sys.executable, "-c", f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); "
             "time.sleep(600)"]  # fmt: skip
    fails = [sys.executable, "-c", f"import os, sys, time\nwhile not os.path.isfile({str(tmp_path / 'pid')!r}): "
             "time.sleep(0.05)\ntime.sleep(0.2); sys.exit('broken')"]  # fmt: skip
    with pytest.raises(BadInput, match=r"failed with code 1: broken$"):
        run([Call(lasts), Call(fails)], tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_interrupt_kills_the_program(tmp_path: Path) -> None:
    script = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"

    def interrupt() -> None:
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run([Call([sys.executable, "-c", script])], tmp_path)
    thread.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_progress_is_the_number_of_the_last_whole_line(tmp_path: Path) -> None:
    file = tmp_path / "hits.tsv"
    for text, reached in (("", 0), ("7\tA", 0), ("6\tA\n7\tA\n8", 8), ("1\tA\n" * 50_000 + "41\tA\n", 42)):
        file.write_text(text)
        assert _reached(file) == reached


def test_fasta_numbers_from_nought(tmp_path: Path) -> None:
    write_fasta(tmp_path / "x.fa", np.array(["AC", "GT"]).tolist())
    assert (tmp_path / "x.fa").read_text() == ">0\nAC\n>1\nGT\n"
