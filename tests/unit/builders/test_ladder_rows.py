"""The ladder's rows: every level exact, one side alone says nothing, written in parts, nothing left by a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import edlib
import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq

from exapt.builders import ladder_rows
from exapt.builders.ladder import DnaLadderRecipe
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput
from exapt.sequences import DNA
from exapt.tasks.dna_ladder import DnaLadder
from tests.unit.builders.conftest import timeless

FRACTIONS = [0.5, 0.25, 0.25]
KINDS: dict[str, dict[str, Any]] = {
    "substitutions": {"levels": [0.95, 0.8, 0.6]},
    "indels": {"levels": [0.9, 0.65], "indels": 0.4, "ts_tv": 4.0},
    "lengths": {"levels": [1.0, 0.85], "lengths": [25, 60], "gc": 0.3},
    "scrambled": {"levels": [0.9, 0.7], "negatives": "block_scrambled", "lengths": [40, 43]},
    "scrambled with indels": {"levels": [0.8], "negatives": "block_scrambled", "indels": 0.5},
    "synonymous": {"levels": [0.1, 0.7], "lengths": [42], "synonymous": True},
    "synonymous, scrambled": {
        "levels": [0.5], "lengths": [42], "synonymous": True, "negatives": "block_scrambled", "block": 9,
    },
}  # fmt: skip


def read(folder: Path) -> dict[str, pd.DataFrame]:
    return {split: pd.read_parquet(folder / f"{split}.parquet") for split in SPLITS}


@pytest.fixture(scope="module", params=KINDS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[DnaLadderRecipe, Path]:
    recipe = DnaLadderRecipe(pairs=160, fractions=FRACTIONS, **KINDS[request.param])
    out = tmp_path_factory.mktemp("ladder") / "out"
    recipe.build(out)
    return recipe, out


def test_every_positive_is_exactly_at_its_level(built: tuple[DnaLadderRecipe, Path]) -> None:
    recipe, out = built
    for rows in read(out).values():
        for row in rows.to_dict("records"):
            assert len(row["left"]) == len(row["right"]) == row["length"]
            distance = edlib.align(row["left"], row["right"])["editDistance"]
            assert row["identity"] == pytest.approx(1 - distance / row["length"])
            made = [row["transitions"], row["transversions"], row["indels"]]
            if row["label"] == "unrelated":
                assert pd.isna(made).all()
                continue
            differ = sum(a != b for a, b in zip(row["left"], row["right"], strict=True))
            if recipe.synonymous:
                assert str(Seq(row["left"]).translate()) == str(Seq(row["right"]).translate())
                codons = [row["left"][k : k + 3] != row["right"][k : k + 3] for k in range(0, row["length"], 3)]
                assert sum(codons) == round(float(row["level"]) * len(codons))
                assert sum(made) == differ
            else:
                assert distance == sum(made) == round((1 - float(row["level"])) * row["length"])
                if not row["indels"]:
                    assert differ == distance


def test_one_side_alone_says_nothing_within_a_level(built: tuple[DnaLadderRecipe, Path]) -> None:
    recipe, out = built
    for split, rows in read(out).items():
        blocks = recipe.blocks(SPLITS.index(split))
        for _, rung in rows.groupby(["level", "length"]):
            assert len(rung) == 4 * blocks
            for side in ("left", "right"):
                by_label = {label: Counter(part[side]) for label, part in rung.groupby("label")}
                assert by_label["unrelated"] == by_label["homologous"]
        assert rows.groupby(["level", "length"]).ngroups == len(recipe.rungs)
        assert (rows.groupby("group").size() == 4).all()
        assert (rows.groupby("group")[["level", "length"]].nunique() == 1).all(axis=None)
        assert set(rows["kind"]) == {"homolog", recipe.negatives}
        assert ((rows["kind"] == "homolog") == (rows["label"] == "homologous")).all()
        assert rows["id"].is_unique
        assert rows["id"].is_monotonic_increasing
        # neither the place of a row nor its id tells the label or the level
        assert rows["label"].ne(rows["label"].shift()).sum() > len(rows) / 4
        assert abs(np.corrcoef(np.arange(len(rows)), rows["label"] == "homologous")[0, 1]) < 4 / np.sqrt(len(rows))


def test_no_sequence_stands_in_two_splits(built: tuple[DnaLadderRecipe, Path]) -> None:
    sides = [set(rows["left"]) | set(rows["right"]) for rows in read(built[1]).values()]
    assert sum(map(len, sides)) == len(set.union(*sides))


def test_scrambled_negatives_hold_the_true_partners_blocks_in_another_order(tmp_path: Path) -> None:
    DnaLadderRecipe(pairs=80, levels=[0.8], negatives="block_scrambled", fractions=[0.0, 0.0, 1.0]).build(
        tmp_path / "x"
    )
    for _, block in read(tmp_path / "x")["test"].groupby("group"):
        for side in ("left", "right"):
            one, other = (sorted(t[k : k + 8] for k in range(0, 40, 8)) for t in sorted(set(block[side])))
            assert one == other
        negative = block[block["label"] == "unrelated"]
        assert set(negative["right"]) == set(block[block["label"] == "homologous"]["right"])


def test_the_manifest_says_what_was_made_and_a_second_build_is_the_same(tmp_path: Path) -> None:
    recipe = DnaLadderRecipe(pairs=400, levels=[0.9, 0.6], indels=0.2, seed=3)
    manifest, _ = recipe.build(tmp_path / "one")
    again, _ = recipe.build(tmp_path / "two")
    other, _ = DnaLadderRecipe(pairs=400, levels=[0.9, 0.6], indels=0.2, seed=4).build(tmp_path / "other")
    assert timeless(manifest) == timeless(again)
    assert all(manifest["files"][name] != other["files"][name] for name in manifest["files"])
    assert manifest["rule"] == recipe.rule()
    assert manifest["identity"]["parameters"] == {"generated": True}
    assert manifest["inputs"] == {}
    rows = pd.concat(read(tmp_path / "one").values())
    assert len(rows) == sum(sum(counts.values()) for counts in manifest["examples"].values()) == 800
    for name in ("transitions", "transversions", "indels"):
        assert manifest["counts"][f"{name} made"] == rows[name].sum()
    near = rows[rows["label"] == "unrelated"].assign(level=lambda r: r["level"].astype(float))
    assert manifest["counts"]["negatives no farther apart than a positive of their block"] == int(
        (near["identity"] >= near["level"] - 1e-9).sum()
    )


def test_levels_are_strings_that_sort_and_differ(tmp_path: Path) -> None:
    DnaLadderRecipe(pairs=40, levels=[0.9, 0.975, 1.0, 0.97], fractions=[0.0, 0.0, 1.0]).build(tmp_path / "x")
    assert sorted(set(read(tmp_path / "x")["test"]["level"])) == ["0.90", "0.97", "0.975", "1.00"]


def test_a_genomes_windows_come_with_their_places(tmp_path: Path) -> None:
    text = "".join(np.random.default_rng(0).choice(list(DNA), 50_000))
    (tmp_path / "g.fa").write_text(f">chr\n{text}\n")
    recipe = DnaLadderRecipe(genome=str(tmp_path / "g.fa"), pairs=400, levels=[0.9, 0.7], fractions=FRACTIONS)
    manifest, _ = recipe.build(tmp_path / "out")
    assert manifest["identity"]["parameters"]["generated"] is False
    assert manifest["inputs"] == {"genome": ["g.fa"]}
    splits = read(tmp_path / "out")
    loci = [set(rows["left_locus"]) | set(rows["right_locus"]) for rows in splits.values()]
    assert sum(map(len, loci)) == len(set.union(*loci))
    rows = pd.concat(splits.values())
    assert [text[a:b] for a, b in zip(rows["left_start"], rows["left_end"], strict=True)] == rows["left"].tolist()
    own = rows["left_start"] == rows["right_start"]
    assert (own == (rows["label"] == "homologous")).all()
    assert (rows["left_start"].value_counts() == 2).all()
    assert set(rows["left_record"]) == {"chr"}


def test_rows_are_written_part_by_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[int] = []

    def add(self: Writer, split: str, rows: pd.DataFrame, real: Any = Writer.add) -> None:
        parts.append(len(rows))
        real(self, split, rows)

    monkeypatch.setattr(Writer, "add", add)
    monkeypatch.setattr(ladder_rows, "LETTERS", 4000)
    DnaLadderRecipe(pairs=1000, levels=[0.9, 0.8], fractions=[0.0, 0.0, 1.0]).build(tmp_path / "x")
    assert parts == [200] * 10
    rows = read(tmp_path / "x")["test"]
    assert rows["id"].is_unique
    assert rows["group"].nunique() == 500


def test_a_bar_is_shown_on_a_terminal_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    DnaLadderRecipe(pairs=40, levels=[0.9]).build(tmp_path / "silent")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    DnaLadderRecipe(pairs=40, levels=[0.9]).build(tmp_path / "seen")
    assert "40/40" in capsys.readouterr().err


KILLED = """
import os, signal, sys
from pathlib import Path
from exapt.builders.ladder import DnaLadderRecipe
from exapt.builders.writer import Writer

real, added = Writer.add, []
def add(self, split, rows):
    added.append(split)
    real(self, split, rows)
    if len(added) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
Writer.add = add
DnaLadderRecipe(pairs=400, levels=[0.9, 0.8]).build(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_killed_build_leaves_nothing_that_counts_and_does_not_block_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()
    (part,) = tmp_path.iterdir()
    assert part.name.startswith(".out.")
    assert part.name.endswith(".part")
    assert (part / "train.parquet").stat().st_size > 4
    with pytest.raises(BadInput, match=r"has no manifest\.json"):
        DnaLadder(path=str(part)).load("train")
    manifest, reused = DnaLadderRecipe(pairs=400, levels=[0.9, 0.8]).build(out)
    assert not reused
    assert manifest == json.loads((out / "manifest.json").read_text())
    assert len(DnaLadder(path=str(out), pairs=400, levels=[0.9, 0.8]).load("train")) == 640
