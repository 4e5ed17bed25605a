"""DNA families: identity exactly as set, one side alone at chance, scrambling that keeps letters and breaks order."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rapidfuzz.distance import Levenshtein
from sklearn.metrics import roc_auc_score

from exapt.errors import BadInput
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.task import SPLITS

KINDS = [(0.95, "unrelated"), (0.80, "unrelated"), (0.65, "unrelated"), (0.80, "scrambled"), (0.65, "scrambled")]
# SHA-256 over the CSV of train, dev and test of every sheet: records name these examples by their digest
SHEETS = {
    "dna_synth": "380179b500dc5e6aaf5fcda9aa2dc8f14e70753f64335213f110249f3d1b0cf6",
    "dna_synth_65": "f5ab0bd824ef0be012415ab0ba2caeb13c2f8197a2b1d86f59c52910cb022368",
    "dna_synth_80": "380179b500dc5e6aaf5fcda9aa2dc8f14e70753f64335213f110249f3d1b0cf6",
    "dna_synth_95": "30f2b0a30bfd8a50a39678d14f274b79e307ca0eeeca68b69bccc9df4e5450e0",
    "dna_synth_scrambled": "8c080dd2052a8851512661535afe6dba4a1e4b6e665490d0a1371b31c1f91cdb",
}  # fmt: skip


def sheet(root: Path, name: str) -> dict[str, Any]:
    found = yaml.safe_load((root / "conf" / "task" / f"{name}.yaml").read_text())
    found.pop("_target_", None)
    below = [sheet(root, other) for other in found.pop("defaults", []) if other != "_self_"]
    return {**(below[0] if below else {}), **found}


def test_the_sheets_examples_stay_as_they_are(root: Path) -> None:
    found = {}
    for name in (path.stem for path in sorted((root / "conf" / "task").glob("dna_synth*.yaml"))):
        task = DnaSynth(**sheet(root, name))
        text = "".join(task.load(split).frame.to_csv(index=False) for split in SPLITS)
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    assert found == SHEETS


@pytest.mark.parametrize(("identity", "negatives"), KINDS)
def test_identity_is_exact_and_sides_are_alike(identity: float, negatives: str) -> None:
    task = DnaSynth(identity=identity, negatives=negatives, test=800)  # type: ignore[arg-type]
    examples = task.load("test")
    frame = examples.frame
    assert examples.positive.sum() == 400
    distance = np.array([Levenshtein.distance(a, b) for a, b in zip(frame["left"], frame["right"], strict=True)])
    assert (distance[examples.positive] == round((1 - identity) * 40)).all()
    assert np.allclose(frame["identity"], 1 - distance / 40)
    assert (frame["kind"] == np.where(examples.positive, "homologous", negatives)).all()
    assert set("".join(frame["left"]) + "".join(frame["right"])) == set("ACGT")
    assert set(frame["left"].str.len()) == set(frame["right"].str.len()) == {40}
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in task.space.names]
        assert by_label[0] == by_label[1]
    assert roc_auc_score(examples.positive, -distance) > 0.99


def test_indels_are_made_and_can_be_left_out() -> None:
    def substitutions_alone(indels: float) -> float:
        frame = DnaSynth(indels=indels, test=400).load("test").frame
        same = frame[frame["label"] == "homologous"]
        hamming = [sum(a != b for a, b in zip(*row, strict=True)) for row in same[["left", "right"]].to_numpy()]
        return float(np.mean(np.array(hamming) == 8))

    assert substitutions_alone(0.0) == 1
    assert substitutions_alone(0.25) < 0.2


def test_scrambled_negatives_keep_the_partners_blocks_in_another_order() -> None:
    frame = DnaSynth(negatives="scrambled", test=200).load("test").frame
    for _, block in frame.groupby("group"):
        true = block[block["label"] == "homologous"]["right"].tolist()
        (_, first), (_, second) = block[block["label"] == "unrelated"][["left", "right"]].to_numpy()
        assert {first, second} == set(true)
        pieces = [sorted(text[k : k + 8] for k in range(0, 40, 8)) for text in true]
        assert pieces[0] == pieces[1]
        assert true[0] != true[1]


def test_the_sheets_families_share_ancestors_but_no_split_does() -> None:
    splits = {split: set(DnaSynth(train=400, dev=400, test=400).load(split).frame["left"]) for split in SPLITS}
    assert all(not splits[a] & splits[b] for a, b in combinations(SPLITS, 2))
    assert set(DnaSynth(identity=0.95, test=400).load("test").frame["left"]) == splits["test"]
    assert set(DnaSynth(seed=1, test=400).load("test").frame["left"]) != splits["test"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"identity": 0.4}, "identity is 0.4"),
        ({"length": 8}, "length is 8"),
        ({"indels": 1.5}, "indels is 1.5"),
        ({"negatives": "scrambled", "block": 11}, "block is 11"),
        ({"negatives": "shuffled"}, "negatives"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):  # BadInput and pydantic's error both are
        DnaSynth(**settings)  # type: ignore[arg-type]


def test_an_identity_that_is_hardly_ever_met_is_said() -> None:
    with pytest.raises(BadInput, match="hardly ever met"):
        DnaSynth(identity=0.6, indels=1.0).load("test")
