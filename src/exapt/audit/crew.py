"""Workers: further Python processes that share an audit's longest work; what they find is what one process finds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Given = TypeVar("Given")
Part = TypeVar("Part")
Found = TypeVar("Found")
_WATCH = 0.5  # seconds


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # a system without affinity
        return os.cpu_count() or 1


class Crew:
    """This process and further ones, which are started at once and ended with the `with`.

    They are plain `python -m exapt.audit.crew`: unlike those of `multiprocessing` they do not import the user's script
    again, which may not be guarded against that, and unlike forked ones they inherit no threads. Starting takes them
    seconds, in which this process can do something else.

    Args:
        size: Workers, this process included; at least 1.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        # a pipe is handed on by its number, which only POSIX has
        self._others = [_Other() for _ in range(size - 1)] if os.name == "posix" else []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *error: object) -> None:
        for other in self._others:
            other.end()

    def each(
        self,
        work: Callable[[Given, Part], Found],
        given: Given,
        parts: Sequence[Part],
        told: Callable[[int, float], None] = lambda number, share: None,
    ) -> list[Found]:
        """What `work(given, part)` returns of each part, in the order of the parts.

        Who is free takes the next part. What another process cannot do (it was killed for want of memory, say) is done
        here, so that an error is raised where it can be seen.

        Args:
            work: A function of a module; it must return the same in every process.
            given: Sent to each process once.
            parts: Best with those first that take longest.
            told: Called with a part's number when it begins or ends and the share of the parts that are done, from any
                thread.
        """
        found: dict[int, Found] = {}
        waiting = deque(range(len(parts)))

        def feed(other: _Other) -> None:
            other.send((work, given))
            while (number := _next(waiting)) is not None:
                told(number, len(found) / len(parts))
                done, answer = other.ask(parts[number])
                if not done:
                    waiting.append(number)
                    break
                found[number] = answer
                told(number, len(found) / len(parts))
            other.send(None)

        feeders = [threading.Thread(target=feed, args=(other,), daemon=True) for other in self._others]
        for feeder in feeders:
            feeder.start()
        while len(found) < len(parts):
            number = _next(waiting)
            if number is None:
                for feeder in feeders:  # what one of them hands back is done here
                    feeder.join(_WATCH)
                continue
            told(number, len(found) / len(parts))
            found[number] = work(given, parts[number])
            told(number, len(found) / len(parts))
        return [found[number] for number in range(len(parts))]


class _Other:
    """Another process, and this end of the pipe to it."""

    def __init__(self) -> None:
        self.pipe, theirs = Pipe()
        path = os.pathsep.join(place or os.getcwd() for place in sys.path)
        # a process group of its own: an interrupt from the keyboard is for this process, which ends the other
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), str(os.getpid())],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path},
            process_group=0,
        )  # fmt: skip
        theirs.close()

    def send(self, message: Any) -> bool:
        """Whether it could be sent."""
        try:
            self.pipe.send(message)
        except Exception:  # the process has ended, or this cannot be pickled: then all is done here
            return False
        return True

    def ask(self, part: Any) -> tuple[bool, Any]:
        """Whether the part could be done, and what was found."""
        try:
            return self.pipe.recv() if self.send((part,)) else (False, None)
        except Exception:
            return False, None

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.wait()


def _next(waiting: deque[int]) -> int | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None


def _serve(pipe: Connection) -> None:
    """Take jobs, and the parts of each, until the other end is closed."""
    while True:
        work, given = pipe.recv()
        while (message := pipe.recv()) is not None:
            try:
                answer = True, work(given, *message)
            except Exception:
                answer = False, None  # whoever asked does it again and meets the error
            pipe.send(answer)


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_die_with, args=(int(sys.argv[2]),), daemon=True).start()
    import exapt.audit.crossfit
    import exapt.audit.families  # noqa: F401  # while nobody waits for them

    with suppress(EOFError, OSError):
        _serve(Connection(int(sys.argv[1])))
