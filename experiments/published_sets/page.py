"""One page on the published sets: every check of each audit that lies under `experiments/audits/`, side by side."""

from __future__ import annotations

from pathlib import Path

from exapt.audit.names import CHECKS
from exapt.files import write_atomically
from exapt.findings import Finding, Page
from exapt.report.markdown import table

HERE = Path(__file__).resolve().parent
AUDITS = HERE.parent / "audits"
SETS = (
    "dna_protein_150", "gue_tf_0", "gue_prom_core_tata", "pawsx_en_12k", "pawsx_en_strict", "pawsx_de",
    "pawsx_de_placeholders", "pawsx_fr", "pawsx_fr_placeholders", "pawsx_zh", "pawsx_zh_placeholders",
)  # fmt: skip
MARKS = {"fail": " FAILS", "warn": " warns"}


def shown(finding: Finding | None) -> str:
    """A check's number with its 99.9% lower bound, and whether it fails or warns."""
    if finding is None or finding.level == "skip" or finding.value is None:
        return "not looked at"
    bound = "" if finding.low is None else f" [{finding.low:.3f}]"
    return f"{finding.value:.3f}{bound}{MARKS.get(finding.level, '')}"


def page(audits: Path = AUDITS) -> str:
    """The table, a row a check and a column a set."""
    pages = {name: Page.model_validate_json((audits / name / "audit.json").read_bytes()) for name in SETS}
    found = {name: {finding.check: finding for finding in one.findings} for name, one in pages.items()}
    rows: list[list[str]] = [
        ["n", *(", ".join(f"{count:,} {split}" for split, count in pages[name].examples.items()) for name in SETS)]
    ]
    for check in CHECKS:
        cells = [shown(found[name].get(check)) for name in SETS]
        if any(cell != "not looked at" for cell in cells):
            rows.append([check, *cells])
    reached = [found[name]["reach"].facts["accuracy"] for name in SETS]
    rows.append(
        ["accuracy of reach (95%)", *(f"{a['value']:.3f} ({a['low']:.3f} to {a['high']:.3f})" for a in reached)]
    )
    stops = [", ".join(one.check for one in pages[name].findings if one.level == "fail" and one.stops) for name in SETS]
    rows.append(["a run stops at", *(text or "nothing" for text in stops)])
    head = (
        "# Published sets, audited\n\nShortcuts and reach are AUROC of small models out of fold, no network; in "
        "brackets the 99.9% lower bound (reach: 95%). Leaks, contradictions and repeats are shares of rows. Seed 0. "
        "Made by `page.py`."
    )
    return f"{head}\n\n{table(['check', *SETS], rows)}\n"


def main() -> None:
    """Write `published_sets.md`."""
    write_atomically(HERE / "published_sets.md", lambda path: path.write_text(page(), encoding="utf-8"))
    print(page())


if __name__ == "__main__":
    main()
