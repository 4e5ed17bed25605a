"""The hundred published seeds: where the published number stands, what fewer would say, what makes a seed win."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.console import Console
from rich.progress import track

from exapt.evaluation.crossed import Drawn, spread
from exapt.evaluation.interquartile import interquartile_mean
from exapt.evaluation.lottery import lottery
from exapt.evaluation.rungs import ALPHA, MARGIN, contrast
from exapt.files import write_atomically, write_json
from exapt.report.markdown import table

Floats = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
FILE = "paper/biopaws_gpt2_100_seeds.csv"
PUBLISHED = 0.84
SETS = {"short": "shortened proteins", "full": "full proteins"}
SIZES = (1, 2, 3, 5, 10, 20, 50)
DRAWS, SEED = 4000, 0
TESTS = 2  # draws of examples: each seed has test pairs of its own, so that its luck with them is in it already


def read(data_dir: Path) -> pd.DataFrame:
    """The published values, indexed by seed, columns (metric, arm)."""
    return pd.read_csv(data_dir / FILE).pivot(index="seed", columns="arm")


def arm(values: Floats) -> Drawn:
    """Seeds as the rule of verdicts takes them; nothing is left to draw but seeds."""
    return Drawn(values, np.tile(values, (TESTS, 1)), groups=6000)


def interval(draws: Floats) -> list[float]:
    """The middle 95% of draws."""
    return [float(end) for end in np.quantile(draws, [0.025, 0.975])]


def place(values: Floats) -> dict[str, Any]:
    """Where the published number stands among the seeds."""
    # the published number has two digits
    found = lottery(np.round(values, 2), PUBLISHED)
    return {
        "mean": float(values.mean()), "sd": float(values.std(ddof=1)), "median": float(np.median(values)),
        "interquartile_mean": interquartile_mean(values), "low": float(values.min()), "high": float(values.max()),
        "interval": list(spread(arm(values)).interval() or ()), "reached": found.reached,
        # the published number is the best of these very seeds: of k new ones and n old ones each is as likely the best
        "beaten": {str(k): k / (len(values) + k) for k in (1, 3, 10, 100)},
    }  # fmt: skip


def fewer(trained: Floats, untrained: Floats, size: int) -> dict[str, Any]:
    """What papers with `size` seeds, drawn from the hundred with replacement, would have said."""
    mean, rng = trained.mean(), np.random.default_rng([SEED, size])
    means, bests, held, shown, refuted = [], [], [], [], []
    for _ in range(DRAWS):
        drawn = rng.integers(len(trained), size=size)
        # heads are cheap: all of them stand against few trainings, as in a record
        found = contrast("untrained_head", arm(trained[drawn]), arm(untrained))
        means.append(trained[drawn].mean())
        bests.append(trained[drawn].max())
        ends = spread(arm(trained[drawn])).interval() if size > 1 else None
        held.append(ends is not None and ends[0] <= mean <= ends[1])
        shown.append(found.p <= ALPHA)
        refuted.append(found.under(MARGIN))
    return {
        "means": interval(np.array(means)), "best": float(np.mean(bests)),
        "flattered": float(np.mean(np.array(bests) - mean)),
        "held": float(np.mean(held)) if size > 1 else None, "shown": float(np.mean(shown)),
        "refuted": float(np.mean(refuted)),
    }  # fmt: skip


def winner(trained: Floats, untrained: Floats) -> dict[str, Any]:
    """What the untrained head of a seed says of its trained one."""
    rng = np.random.default_rng(SEED)
    draws = [rng.integers(len(trained), size=len(trained)) for _ in range(DRAWS)]

    def told(kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
        one, other = trained[kept], untrained[kept]
        again = [np.corrcoef(trained[d][kept[d]], untrained[d][kept[d]])[0, 1] for d in draws]
        return {
            "seeds": int(kept.sum()), "trained": float(one.mean()), "sd": float(one.std(ddof=1)),
            "mean": list(spread(arm(one)).interval() or ()),
            "correlation": float(np.corrcoef(one, other)[0, 1]), "interval": interval(np.array(again)),
        }  # fmt: skip

    below = untrained < 0.5
    apart = spread(arm(trained[~below]), arm(trained[below]), paired=False)
    explained = (
        1
        - sum(((trained[k] - trained[k].mean()) ** 2).sum() for k in (below, ~below))
        / ((trained - trained.mean()) ** 2).sum()
    )
    return {
        "all": told(np.ones(len(trained), bool)), "under": told(below), "over": told(~below),
        "apart": apart.value, "apart_interval": list(apart.interval() or ()), "explained": float(explained),
    }  # fmt: skip


def found(frame: pd.DataFrame) -> dict[str, Any]:
    """All numbers of the study, by set of proteins."""
    console = Console(stderr=True)
    results: dict[str, Any] = {}
    for name in SETS:
        accuracy = frame[f"{name}_accuracy"]
        trained, untrained = (accuracy[key].to_numpy(float) for key in ("pawsx_en", "untrained_head"))
        gap = contrast("untrained_head", arm(trained), arm(untrained))
        paired = spread(arm(trained), arm(untrained))
        sizes = track(SIZES, f"{name}: fewer seeds", console=console, disable=not console.is_terminal)
        results[name] = {
            "trained": place(trained), "untrained": place(untrained),
            "gap": gap.spread.value, "gap_interval": list(gap.spread.interval() or ()), "gap_p": gap.p,
            "gap_paired_interval": list(paired.interval() or ()), "lower": float((trained <= untrained).mean()),
            "flipped": {
                key: float(np.maximum(values, 1 - values).mean())
                for key, values in (("trained", trained), ("untrained", untrained))
            },
            "under_half": {"trained": float((trained < 0.5).mean()), "untrained": float((untrained < 0.5).mean())},
            "fewer": {str(size): fewer(trained, untrained, size) for size in sizes},
            "winner": winner(trained, untrained),
        }  # fmt: skip
    return results


def share(value: float | None) -> str:
    return "none" if value is None else f"{100 * value:.1f}%"


def ends(values: list[float]) -> str:
    return f"[{values[0]:.3f}, {values[1]:.3f}]"


def page(results: dict[str, Any]) -> str:
    """The tables."""
    parts = [
        "# What a hundred published seeds say",
        f"Accuracy, n = 6,000 pairs a seed, seeds 0 to 99. Intervals: 95%. Draws of fewer seeds: {DRAWS:,} with "
        f"replacement, seed {SEED}. Values: GitHub maris205/biopaws at 139d636. Made by `lottery.py`.",
    ]
    for name, said in SETS.items():
        told = results[name]
        rows = [
            (
                key, f"{one['mean']:.3f} {ends(one['interval'])}", f"{one['sd']:.3f}", f"{one['median']:.3f}",
                f"{one['interquartile_mean']:.3f}", f"{one['low']:.3f} to {one['high']:.3f}", one["reached"],
                share(told["under_half"][key]), f"{told['flipped'][key]:.3f}",
            )
            for key, one in ((key, told[key]) for key in ("trained", "untrained"))
        ]  # fmt: skip
        header = ("head", "mean", "sd", "median", "IQM", "range", f"reach {PUBLISHED}", "under 0.5", "if each may flip")
        parts += [f"## {said.capitalize()}", table(header, rows)]
        parts.append(
            f"Trained less untrained head: {told['gap']:.3f} {ends(told['gap_interval'])}, paired by seed "
            f"{ends(told['gap_paired_interval'])}; {share(told['lower'])} of the seeds are no better trained."
        )
        rows = [
            (
                size, ends(one["means"]), share(one["held"]), f"{one['best']:.3f}", f"{one['flattered']:.3f}",
                share(one["shown"]), share(one["refuted"]),
            )
            for size, one in sorted(told["fewer"].items(), key=lambda item: int(item[0]))
        ]  # fmt: skip
        header = (
            "seeds", "95% of their means", "interval holds the mean", "their best", "best less mean",
            f"shown above untrained by {MARGIN}", "refuted",
        )  # fmt: skip
        parts.append(table(header, rows))
        rows = [
            (
                label, one["seeds"], f"{one['trained']:.3f} {ends(one['mean'])}", f"{one['sd']:.3f}",
                f"{one['correlation']:.2f} [{one['interval'][0]:.2f}, {one['interval'][1]:.2f}]",
            )
            for label, one in (
                ("all seeds", told["winner"]["all"]), ("untrained head under 0.5", told["winner"]["under"]),
                ("untrained head from 0.5", told["winner"]["over"]),
            )
        ]  # fmt: skip
        parts.append(table(("seeds", "number", "trained mean", "sd", "correlation, trained and untrained"), rows))
        won = told["winner"]
        parts.append(
            f"The two groups differ by {won['apart']:.3f} {ends(won['apart_interval'])}; on which side of 0.5 the "
            f"untrained head is explains {share(won['explained'])} of the variance between trained seeds."
        )
    beaten = results["short"]["trained"]["beaten"]
    rows = [(f"best of {k} new seeds", share(one)) for k, one in sorted(beaten.items(), key=lambda b: int(b[0]))]
    parts += ["## Who else would have found 84%", table(("a paper with the", "chance of as much"), rows)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Compute all, write `lottery.json` and `lottery.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("../shared/data"))
    results = found(read(parser.parse_args().data_dir))
    write_json(HERE / "lottery.json", results)
    write_atomically(HERE / "lottery.md", lambda path: path.write_text(page(results), encoding="utf-8"))
    print(page(results))


if __name__ == "__main__":
    main()
