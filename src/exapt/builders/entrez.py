"""Asks NCBI's E-utilities: at a polite rate among all processes, and again where an answer fails in passing.

Biopython's own functions ask one fixed address without a time limit; its parser reads the answers.
"""

from __future__ import annotations

import fcntl
import io
import os
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from Bio import Entrez

from exapt.cache import cache_dir
from exapt.errors import BadInput

if TYPE_CHECKING:
    from exapt.builders.ncbi import Ncbi

T = TypeVar("T")
BATCH = 100  # accessions of one question
LONGEST = 120.0  # seconds between two tries, whatever the server asks for
# the server's clock sees requests closer together than they were sent
MARGIN = 1.1


class Refused(Exception):
    """The server's final no: asking again would change nothing."""


class Broken(Exception):
    """An answer that came, but not whole or not in its form; asking again may help."""


class Summary(NamedTuple):
    """What NCBI says of a record before it is fetched.

    Attributes:
        accession: Accession with version, such as NC_000913.3.
        length: Letters of its sequence.
    """

    accession: str
    length: int


def ask(utility: str, about: str, settings: Ncbi, take: Callable[[HTTPResponse], T], **asked: str) -> T:
    """Send one request, and again after a pause that doubles, while it fails with 429, 5xx or on the way.

    Args:
        utility: Name of the E-utility, such as "efetch".
        about: The accession that messages name.
        settings: Who asks, and how often.
        take: Makes the result of the answer; may raise `Broken`.
        asked: The utility's own parameters.

    Raises:
        Refused: For 400 and 404, with which NCBI answers to what it does not know.
        BadInput: If no e-mail is set, the key or the whole request is refused, or all tries fail.
    """
    if not settings.email:
        raise BadInput(
            f"ncbi:{about}: is not in the cache, and NCBI wants an e-mail of who asks; give ncbi.email=NAME@HOST."
        )
    named = {"tool": "exapt", "email": settings.email, **asked}
    if key := settings.secret():
        named["api_key"] = key
    # in the body: addresses stand in logs, and the key must not
    request = Request(f"{settings.base}/{utility}.fcgi", data=urlencode(named).encode(), method="POST")
    why, pause = "", 0.0
    for turn in range(settings.tries):
        if turn:
            time.sleep(max(pause, min(settings.backoff * 2 ** (turn - 1), LONGEST)))
        pause = 0.0
        _wait(settings)
        try:
            with urlopen(request, timeout=settings.timeout) as answer:
                return take(answer)
        except HTTPError as error:
            with error:
                if error.code in (400, 404):
                    _tell_of_key(error)
                    raise Refused(f"HTTP {error.code}") from None
                if error.code not in (408, 429) and error.code < 500:
                    raise BadInput(
                        f"ncbi:{about}: NCBI refuses to answer (HTTP {error.code}); check ncbi.base."
                    ) from None
                why, pause = f"HTTP {error.code}", _asked_pause(error)
        except Broken as error:
            why = str(error)
        except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
            # of an address that is wrong the reason is an error itself
            why = " ".join(str(getattr(error, "reason", None) or error or type(error).__name__).split())[:100]
    raise BadInput(
        f"ncbi:{about}: NCBI gave no whole answer in {settings.tries} tries ({why}); check the network and try again "
        "(what is fetched stays), or give the path of a file."
    )


def summaries(accessions: Sequence[str], database: str, settings: Ncbi) -> dict[str, Summary]:
    """The version and length of records.

    Args:
        accessions: Distinct, with or without a version.
        database: "nuccore" or "protein".
        settings: Who asks.

    Returns:
        A summary by accession as given; the newest version of one without.

    Raises:
        BadInput: For an accession that NCBI does not know, and as `ask` does.
    """
    found: dict[str, Summary] = {}
    # apart, because an older version that is asked for beside it would pass for the newest
    for versioned in (True, False):
        names = [name for name in accessions if ("." in name) == versioned]
        for start in range(0, len(names), BATCH):
            found |= _summaries(names[start : start + BATCH], database, settings)
    return found


def _summaries(accessions: Sequence[str], database: str, settings: Ncbi) -> dict[str, Summary]:
    try:
        said = ask("esummary", accessions[0], settings, _read, db=database, id=",".join(accessions))
    except Refused as error:
        if len(accessions) == 1:
            raise unknown(accessions[0], database, f" ({error})") from None
        # one wrong accession may spoil the question: halves find out which
        half = len(accessions) // 2
        return _summaries(accessions[:half], database, settings) | _summaries(accessions[half:], database, settings)
    known = {one.accession: one for one in said} | {one.accession.partition(".")[0]: one for one in said}
    for accession in accessions:
        if accession not in known:
            raise unknown(accession, database)
    return {accession: known[accession] for accession in accessions}


def unknown(accession: str, database: str, more: str = "") -> BadInput:
    """The error for an accession that NCBI does not know."""
    return BadInput(
        f"ncbi:{accession}: NCBI has no such record{more}; look it up at https://www.ncbi.nlm.nih.gov/{database}/."
    )


def _read(answer: HTTPResponse) -> list[Summary]:
    text = answer.read()
    # anything else (a gateway's page) would make the parser fetch that page's DTD
    if b"<eSummaryResult" not in text:
        raise Broken("the summary is no XML of esummary")
    try:
        parts = Entrez.read(io.BytesIO(text), validate=False, ignore_errors=True)
    except (ValueError, RuntimeError) as error:
        raise Broken(f"the summary cannot be read: {type(error).__name__}") from None
    return [
        Summary(str(part["AccessionVersion"]), int(part["Length"]))
        for part in parts
        if isinstance(part, dict) and part.get("AccessionVersion") and part.get("Length")
    ]


def _wait(settings: Ncbi) -> None:
    """Wait for this request's turn: NCBI counts what all processes of a machine send together."""
    folder = cache_dir() / "ncbi"
    folder.mkdir(parents=True, exist_ok=True)
    gap = MARGIN / settings.per_second()
    with (folder / ".turn").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        last = os.fstat(turn.fileno()).st_mtime
        time.sleep(min(max(last + gap - time.time(), 0.0), gap))  # at most one gap, even if the clock was set back
        now = time.time_ns()
        os.utime(turn.fileno(), ns=(now, now))


def _asked_pause(error: HTTPError) -> float:
    try:
        return min(max(float(error.headers.get("Retry-After", 0)), 0.0), LONGEST)
    except ValueError:  # a date
        return 0.0


def _tell_of_key(error: HTTPError) -> None:
    try:
        said = error.read(2000).decode("utf-8", "replace").lower()
    except (OSError, HTTPException):
        return
    if "api key" in said or "api-key" in said:  # the answer repeats the key: it is not shown
        raise BadInput("ncbi.api_key: NCBI refuses the key; mend it, or leave it out for 3 requests a second.")
