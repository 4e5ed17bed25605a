"""Workers: they do share the work, what they find is in order, and they end with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from exapt.audit.crew import Crew, cores
from exapt.audit.crossfit import panel_of
from exapt.audit.families import FAMILIES
from tests.unit.audit.crew_work import broken, only_here, only_here_alive, product, together
from tests.unit.audit.small_views import sequences, substituted, view_of_rows

pytestmark = pytest.mark.skipif(os.name != "posix", reason="one process does all where there are no POSIX pipes")


def test_cores_are_those_that_may_be_used():
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_found_in_the_order_of_the_parts(size):
    told = []
    with Crew(size) as crew:
        assert crew.each(product, 3, [4, 1, 5], lambda number, share: told.append((number, share))) == [12, 3, 15]
        assert crew.each(product, 2, []) == []
        assert crew.each(product, 2, [7]) == [14], "a second job of the same workers"
    assert {number for number, _ in told} == {0, 1, 2} and max(share for _, share in told) == 1


def test_two_processes_work_at_the_same_time(tmp_path):
    with Crew(2) as crew:
        found = crew.each(together, tmp_path, ["a", "b"])
    assert len(set(found)) == 2 and os.getpid() in found


@pytest.mark.parametrize("work", [only_here, only_here_alive])
def test_what_another_process_cannot_do_is_done_here(work, tmp_path):
    with Crew(2) as crew:
        crew.each(together, tmp_path, ["a", "b"])  # so that the other one is there
        assert crew.each(work, os.getpid(), list(range(8))) == list(range(8))
        assert crew.each(product, 2, [1, 2]) == [2, 4]


def test_an_error_is_raised_where_it_can_be_seen():
    with pytest.raises(ZeroDivisionError), Crew(2) as crew:
        crew.each(broken, 1, [1, 2, 0, 3])


def test_work_that_cannot_be_sent_is_done_here(tmp_path):
    with Crew(2) as crew:
        crew.each(together, tmp_path, ["a", "b"])
        assert crew.each(lambda given, part: given + part, 1, [1, 2, 3]) == [2, 3, 4]


def test_workers_end_with_the_one_who_started_them(tmp_path):
    """Also if it is killed, and a script that is not guarded against being imported again runs once."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        import os, signal
        from exapt.audit.crew import Crew
        print("once", flush=True)
        crew = Crew(2)
        print(crew.each(max, 3, [1, 5]), crew._others[0].process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """)
    )
    told = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == -signal.SIGKILL, told.stderr
    first, second = told.stdout.splitlines()
    assert (first, second.rpartition(" ")[0]) == ("once", "[3, 5]")
    worker = int(second.rpartition(" ")[2])
    until = time.monotonic() + 30
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(worker)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_a_panel_is_the_same_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(3)
    left = sequences(240, 60, "dna", rng)
    right = [substituted(text, 0.8, "ACGT", rng) for text in left]
    rows = [
        (left[block + i], right[block + j], i == j, f"b{block}")
        for block in range(0, 240, 2)
        for i in (0, 1)
        for j in (0, 1)
    ]
    view = view_of_rows(test=[rows[k] for k in rng.permutation(len(rows))])
    groups = np.unique(view.frame["group"], return_inverse=True)[1]
    families = [one for one in FAMILIES if one.applies(view)]
    alone = panel_of(view, families, groups)
    threads = set()

    def told(name, share):
        """Wait until the other process has begun a part, too: on a busy machine one could do them all."""
        threads.add(threading.get_ident())
        until = time.monotonic() + 120
        while len(threads) < 2 and time.monotonic() < until:
            time.sleep(0.01)

    with Crew(2) as crew:
        crew.each(together, tmp_path, ["a", "b"])  # so that the other one is there
        shared = panel_of(view, families, groups, crew=crew, told=told)
    assert len(threads) == 2, "the other process had a part"
    for one, other in ((alone.scores, shared.scores), (alone.early, shared.early)):
        assert one.tobytes() == other.tobytes()
    assert alone.features == shared.features and [f.name for f in shared.families] == [f.name for f in families]
    assert np.ptp(alone.scores) > 1, "and it says something"
