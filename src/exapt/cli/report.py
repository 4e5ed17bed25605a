"""`exapt report`: tables from finished records, as Markdown or CSV; with `--claims` one of verdicts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from exapt.errors import BadInput
from exapt.files import write_atomically
from exapt.report.museum import find_rulings, museum
from exapt.report.table import find_records, summary, tidy, to_csv, to_markdown


def report(arguments: list[str]) -> int:
    """Print or write one table over all records found.

    Args:
        arguments: `[PATH ...] [--format md|csv] [--claims] [--out FILE]`; the paths are records or folders, `runs` by
            default; without `--format` a FILE that ends in `.csv` gets CSV, all else Markdown; with `--claims` verdicts
            or folders that hold some.

    Raises:
        BadInput: If there is no record, or one cannot be read.
    """

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> None:  # type: ignore[override]
            raise BadInput(f"report: {message}.")

    parser = Parser(prog="exapt report", add_help=False)
    parser.add_argument("paths", nargs="*", default=["runs"])
    parser.add_argument("--format", choices=("md", "csv"))
    parser.add_argument("--claims", action="store_true")
    parser.add_argument("--out", default=None)
    chosen = parser.parse_args(arguments)
    form = chosen.format or ("csv" if Path(chosen.out or "").suffix.lower() == ".csv" else "md")
    if chosen.claims:
        if form != "md":
            raise BadInput("report: --claims is one Markdown table; leave --format away, and give a FILE.md.")
        return _written(chosen.out, museum(find_rulings([Path(p) for p in chosen.paths])) + "\n")
    records = find_records([Path(p) for p in chosen.paths])
    if not records:
        raise BadInput(f"report: no record.json under {', '.join(chosen.paths)}; `exapt run` leaves one when it ends.")
    frame = tidy(record for _, record in records)
    text = to_csv(frame) if form == "csv" else f"{summary(frame)}\n\n{to_markdown(frame)}\n"
    return _written(chosen.out, text)


def _written(place: str | None, text: str) -> int:
    """Print a text, or write it to a file."""
    if place is None:
        sys.stdout.write(text)
        return 0
    out = Path(place)
    if out.exists() and not out.is_file():  # a device would be replaced by a file
        raise BadInput(f"report: --out {out} is no file; give the name of one, or leave --out away.")
    write_atomically(out, lambda p: p.write_text(text, encoding="utf-8"))
    print(out)
    return 0
