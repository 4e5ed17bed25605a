"""The page of one run: every number of its record in Markdown, with controls beside results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exapt.evaluation.heads import spread
from exapt.evaluation.intervals import DRAWS, SEED
from exapt.files import write_atomically
from exapt.record import Data, Record, Score
from exapt.report import judgement
from exapt.report.audits import audits
from exapt.report.curve import curves
from exapt.report.markdown import estimate, inline, number, share, table
from exapt.report.summary import meaning

PAGE = "report.md"
METRICS = {"auroc": "AUROC", "accuracy": "accuracy", "f1": "F1", "mcc": "MCC", "brier": "Brier"}
_LONGEST = 160  # letters of a fact's value that are shown


def page(record: Record) -> str:
    """A record as a Markdown page.

    Returns:
        What was trained on what, the results with intervals and controls, all baselines, confusion counts, data and
        tokens, the history on dev, audits, accepted flaws, origin of the data, versions. Every name is escaped.
    """
    parts = [
        f"# {inline(record.name)}",
        _setup(record),
        f"**{inline(meaning(record))}**",
        "## Results",
        _results(record),
        _how(record),
        *curves(record),
        "## Trivial baselines",
        _baselines(record),
        "Each baseline's threshold is the one with the best accuracy on the source's dev split. Baselines are oriented "
        "beforehand (more alike is higher) and never flipped.",
        "## Confusion counts",
        _confusion(record),
        "## Data and tokens",
        _data(record),
        "Tokens: mean number per example; unknown: share of content tokens that are the unknown token, and of "
        "characters that they cover; truncated: share of examples that lost tokens to the length limit.",
        "## History on dev",
        _history(record),
        *audits(record),
        "## Accepted flaws",
        "\n".join(f"- {inline(flaw)}" for flaw in record.accepted) or "None was declared.",
        "## Origin of the data",
        _facts({name: data.facts for name, data in _tasks(record).items()}),
        "## Model and method",
        _facts({"model": record.fit.model, "method": record.fit.method}),
        "## Predictions",
        "The trained model's scores can be computed again from these files, which lie beside the record; they also "
        "hold the first of the untrained heads. Baselines follow from the examples themselves.",
        _files(record),
        "## Versions",
        table(["package", "version"], sorted(record.versions.items()), text=2),
    ]
    return "\n\n".join(parts) + "\n"


def write_page(folder: Path, record: Record) -> Path:
    """Write the page as `report.md` into a folder, atomically, and return its path."""
    path, text = folder / PAGE, page(record)
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return path


def _setup(record: Record) -> str:
    fit = record.fit
    seeds = ", ".join(f"{name} {seed}" for name, seed in sorted(fit.seeds.items()))
    lines = [
        f"Run {judgement.run_name(record)}: model {judgement.model_name(record)} (arm {fit.arm}), method "
        f"{judgement.method_name(record)}, precision {fit.precision}, seeds: {seeds}.",
        f"Trained on {_described(fit.train)}; selected on {_described(fit.dev)}, and on nothing else.",
    ]
    targets = [f"{name} ({_described(s.data)})" for name, s in record.scores.items() if s.role == "target"]
    lines += [f"Then scored, untouched, on {len(targets)} targets:" if targets else "No target was scored."]
    return "\n\n".join(map(inline, lines)) + "".join(
        f"\n{'' if i else chr(10)}- {inline(t)}" for i, t in enumerate(targets)
    )


def _described(data: Data) -> str:
    made = ", generated" if data.facts.get("generated") is True else ""
    return (
        f"{data.task}, {data.split} split, n = {data.examples:,} in {data.groups:,} groups, positive class "
        f"'{data.positive}'{made}"
    )


def _results(record: Record) -> str:
    header = [
        "task",
        "role",
        "marks",
        "n",
        "groups",
        *METRICS.values(),
        "untrained heads, AUROC",
        "best trivial baseline, AUROC",
    ]
    rows = []
    for name, score in _ordered(record):
        best = judgement.best_baseline(score)
        rows.append(
            [
                name, score.role, ", ".join(judgement.marks(score)) or "none", f"{score.data.examples:,}",
                f"{score.data.groups:,}", *(estimate(score.trained.metrics.get(m)) for m in _metrics()), _heads(score),
                f"{best[0]}: {estimate(judgement.auroc(best[1]))}" if best else "none defined",
            ]
        )  # fmt: skip
    return table(header, rows, text=3)


def _heads(score: Score) -> str:
    found = spread(score.untrained.auroc)
    if not found:
        return "not defined"
    return (
        f"mean {number(found['mean'])}, sd {number(found['sd'])}, 5% to 95% {number(found['p5'])} to "
        f"{number(found['p95'])} ({len(score.untrained.auroc)} heads)"
    )


def _how(record: Record) -> str:
    seeds = inline(", ".join(f"{name} {seed}" for name, seed in sorted(record.fit.seeds.items())))
    lines = [
        f"In brackets: 95% percentile intervals of a bootstrap over groups ({DRAWS:,} draws of whole groups with "
        f"replacement, its seed fixed at {SEED}). This is one fit (seeds: {seeds}): **the interval does not contain "
        "the spread between training seeds.** An interval of no width says that no draw differed, not that the number "
        "is certain.",
        "Accuracy, F1 and MCC are at the threshold that stands beside the confusion counts. AUROC below 0.5 is marked "
        "`inverted` and shown as it is; nothing is flipped. `generated`: the data come from a generator, and tasks of "
        "one generator may share their ancestors. `shares text with train`: over 1% of the examples have a side that "
        "stands in the source's train split.",
        "Untrained heads: AUROC of randomly drawn heads on the same backbone before training. The best trivial "
        "baseline is chosen by its AUROC on the task itself, which favours it.",
    ]
    return "\n\n".join(lines)


def _baselines(record: Record) -> str:
    header = ["task", "baseline", "marks", "n", *(v for m, v in METRICS.items() if m != "brier"), "threshold"]
    rows = [
        [
            name, kind, "inverted" if judgement.inverted(scores) else "none", f"{score.data.examples:,}",
            *(estimate(scores.metrics.get(m)) for m in _metrics() if m != "brier"), f"{scores.threshold:.4g}",
        ]
        for name, score in _ordered(record)
        for kind, scores in sorted(score.baselines.items())
    ]  # fmt: skip
    return table(header, rows, text=3) if rows else "None was scored."


def _confusion(record: Record) -> str:
    header = ["task", "positive class", "threshold", "n"]
    header += ["true positive", "false positive", "true negative", "false negative"]
    rows = []
    for name, score in _ordered(record):
        c = score.trained.confusion
        counts = (score.data.examples, c.true_positive, c.false_positive, c.true_negative, c.false_negative)
        rows.append([name, score.data.positive, f"{score.trained.threshold:.4g}", *(f"{n:,}" for n in counts)])
    return table(header, rows, text=2)


def _tasks(record: Record) -> dict[str, Data]:
    own = {"train": record.fit.train, "dev": record.fit.dev}
    return own | {f"score {name}": score.data for name, score in _ordered(record)}


def _data(record: Record) -> str:
    header = ["used for", "task", "split", "classes", "positive", "origin", "n", "groups", "tokens"]
    header += ["unknown tokens", "unknown characters", "truncated", "SHA-256"]
    rows = []
    for name, data in _tasks(record).items():
        classes = ", ".join(f"{label} {n:,}" for label, n in sorted(data.counts.items()))
        origin = "generated" if data.facts.get("generated") is True else "not generated"
        shares = (data.tokens.unknown_tokens, data.tokens.unknown_characters, data.tokens.truncated)
        numbers = [f"{data.examples:,}", f"{data.groups:,}", f"{data.tokens.mean:.1f}", *map(share, shares)]
        rows.append([name, data.task, data.split, classes, data.positive, origin, *numbers, data.digest[:10]])
    return table(header, rows, text=6)


def _history(record: Record) -> str:
    rows, best = record.fit.history, record.fit.best
    if not rows:
        return "No evaluation on dev is recorded."
    columns = list(dict.fromkeys(column for row in rows for column in row))
    kept = rows.index(best) if best in rows else -1
    whole = {c for c in columns if all(float(row.get(c, 0)).is_integer() for row in rows)}
    body = [
        [
            "kept" if number == kept else "",
            *("" if c not in row else str(int(row[c])) if c in whole else f"{row[c]:.4f}" for c in columns),
        ]
        for number, row in enumerate(rows)
    ]
    n = record.fit.dev.examples
    said = f"n = {n:,} dev examples; the kept row was selected on them, so its values are no unbiased estimates."
    return table(["", *columns], body) + "\n\n" + said


def _facts(by_name: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    shown: dict[str, str] = {}
    for name, facts in by_name.items():
        text = json.dumps(facts, sort_keys=True, default=str)
        if text in shown:
            rows.append([name, "", f"as {shown[text]}"])
            continue
        shown[text] = name
        rows += [
            [name, key, value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"] for key, value in _flat(facts)
        ]
    return table(["what", "fact", "value"], rows, text=3)


def _files(record: Record) -> str:
    rows = [[name, score.predictions, score.predictions_digest] for name, score in _ordered(record)]
    return table(["task", "file", "SHA-256 of its rows"], rows, text=3)


def _flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield (
                f"{prefix}{key}",
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str),
            )


def _ordered(record: Record) -> list[tuple[str, Score]]:
    return sorted(record.scores.items(), key=lambda item: item[1].role != "source")


def _metrics() -> list[Any]:
    return list(METRICS)
