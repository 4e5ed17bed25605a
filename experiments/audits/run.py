"""Makes every audit of this folder, and the tables `audits.md`, `negatives.md` and `placeholders.md`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from negatives import EXPECTED, found, table, tasks
from placeholders import put_back, seen
from rich.console import Console
from rich.progress import track

from exapt.audit.names import CHECKS
from exapt.cli.main import main as exapt
from exapt.findings import Finding, Page
from exapt.report import markdown

HERE = Path(__file__).resolve().parent
AUDITS: dict[str, list[str]] = {
    "dna_protein_150": ["task=dna_protein_150", "model=minilm"],
    "pawsx_en_12k": ["task=pawsx_en", "task.train=12k", "model=minilm"],
    "pawsx_en_strict": ["task=pawsx_en", "task.train=strict"],
    **{f"pawsx_{language}": [f"task=pawsx_{language}"] for language in ("de", "fr", "zh")},
    "gue_tf_0": ["task=gue_tf_0"],
    "gue_prom_core_tata": ["task=gue_prom_core_tata"],
    "dna_pair": ["task=dna_pair"],
    "dna_ladder": ["task=dna_ladder", "task.pairs=1000"],
    "gene_location": ["task=gene_location"],
    "region": ["task=region"],
    "paws_synth": ["task=paws_synth", "task.train=6000"],
    "text_match": ["task=text_match"],
}
PLACEHOLDERS = {f"pawsx_{language}_placeholders": language for language in ("de", "fr", "zh")}
TABLE = [
    "task=table", "task.splits={dev: dev.tsv, test: test.tsv}", "task.quoting=false", "task.columns.id=id",
    "task.labels={0: different, 1: paraphrase}", "task.positive=paraphrase",
]  # fmt: skip


def audit(name: str, data: str) -> None:
    """One audit into its folder; rows of a matched remainder are not kept."""
    with tempfile.TemporaryDirectory(prefix="exapt-audit-") as made:
        words = AUDITS.get(name)
        if words is None:
            counts = put_back(data, PLACEHOLDERS[name], Path(made))
            print(f"{name}: placeholder rows put back: {counts}")
            words = [*TABLE, f"task.name={name}", f"task.path={made}"]
        out = Path(made, "out")
        code = exapt(["audit", *words, f"data_dir={data}", f"out={out}"])
        if code:
            raise SystemExit(code)
        (HERE / name).mkdir(exist_ok=True)
        shutil.copy(out / "audit.json", HERE / name / "audit.json")


def negatives(data: str) -> None:
    """All kinds of negatives; the table is written when all are done."""
    console = Console(stderr=True)
    listed = list(tasks(data))
    parts = []
    for name, kind, make in track(listed, "negatives", console=console, disable=not console.is_terminal):
        parts.append(found(make(), name, kind))
        print(parts[-1].to_string(index=False), flush=True)
    made = pd.concat(parts, ignore_index=True)
    made.to_csv(HERE / "negatives.csv", index=False, float_format="%.4f")
    text = "\n\n".join(table(made, name) for name in EXPECTED)
    (HERE / "negatives.md").write_text(text + "\n", encoding="utf-8")


def smallest(data: str) -> None:
    """How few placeholders are seen, and by which checks."""
    made = seen(data)
    shown = made.assign(share=made["share"].map("{:.2%}".format)).astype(str)
    text = markdown.table(list(shown.columns), shown.to_numpy().tolist(), text=1)
    (HERE / "placeholders.md").write_text(text + "\n", encoding="utf-8")
    print(text)


def summary() -> None:
    """`audits.md`: every audit that is kept, one line each check, one column each set; what fails is bold."""
    pages = [Page.model_validate_json(file.read_text(encoding="utf-8")) for file in sorted(HERE.glob("*/audit.json"))]
    names = [file.parent.name for file in sorted(HERE.glob("*/audit.json"))]
    lines = ["| check | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    sizes = [", ".join(f"{count:,} {split}" for split, count in page.examples.items()) for page in pages]
    lines.append("| n (seed 0) | " + " | ".join(sizes) + " |")
    found = [{finding.check: finding for finding in page.findings} for page in pages]
    for check in CHECKS:
        if any(check in page and page[check].level != "skip" for page in found):
            lines.append(f"| {check} | " + " | ".join(shown(page.get(check)) for page in found) + " |")
    accuracy = [page["reach"].facts.get("accuracy") if "reach" in page else None for page in found]
    cells = [f"{a['value']:.3f} ({a['low']:.3f} to {a['high']:.3f})" if a else "" for a in accuracy]
    lines.append("| accuracy of reach (95%) | " + " | ".join(cells) + " |")
    (HERE / "audits.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def shown(finding: Finding | None) -> str:
    """The number with its bound: bold where the check fails, in italics where it warns."""
    if finding is None or finding.value is None:
        return ""
    bound = "" if finding.low is None else f" [{finding.low:.3f}]"
    text = f"{finding.value:.3f}{bound}"
    return {"fail": f"**{text}**", "warn": f"*{text}*"}.get(finding.level, text)


def main() -> None:
    """All of it, or what is named."""
    more = {"negatives": negatives, "placeholders": smallest}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", default="../shared/data")
    parser.add_argument("--only", nargs="+", choices=[*AUDITS, *PLACEHOLDERS, *more], help="these alone")
    chosen = parser.parse_args()
    for name in chosen.only or [*AUDITS, *PLACEHOLDERS, *more]:
        print(f"== {name}", flush=True)
        more[name](chosen.data_dir) if name in more else audit(name, chosen.data_dir)
    summary()


if __name__ == "__main__":
    main()
