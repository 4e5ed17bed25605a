"""A claim that a tiny model fulfils, and its twin with shuffled labels: the verdict and its words change."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.report.card import card
from exapt.ruling import Ruling
from exapt.study.claim import Claim, Seeds
from exapt.study.claiming import work
from exapt.study.judging import rule
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.random_match import RandomMatch
from exapt.tasks.shuffled import ShuffledLabels
from exapt.tasks.task import Task

pytestmark = pytest.mark.slow

SOURCE = RandomMatch(train=960, dev=200, test=200)
DNA = DnaSynth(name="dna", train=0, dev=0, test=400)


def ruled(out: Path, target: Task) -> Ruling:
    claim = Claim(
        name="smoke", statement="Random letters teach a model to compare DNA.",
        model=Scratch(name="small", layers=1, width=96, heads=2), source=SOURCE, targets={"dna": target},
        method=Method(epochs=2, batch=32, lr=3e-3, dropout=0.0, select="auroc", precision="32-true"),
        trainer=Devices(accelerator="cpu", progress=False), rungs=["transfer", "need"], seeds=Seeds(count=3),
        leave_out=["target_supervised"], out=str(out), audit="accept",
    )  # fmt: skip
    (found,) = rule([work(claim)])
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ruling, Ruling]:
    out = tmp_path_factory.mktemp("runs")  # the twin's fits are the same: only what they are scored on differs
    return ruled(out, DNA), ruled(out, ShuffledLabels(task=DNA))


def shown(found: Ruling) -> bool:
    """Whether the treatment is shown to be above untrained heads."""
    rung = next(rung for rung in found.targets[0].rungs if rung.rung == "transfer")
    return next(one for one in rung.contrasts if one.arm == "untrained_head").p <= 0.05


def test_what_is_learned_transfers(both: tuple[Ruling, Ruling]) -> None:
    (target,) = both[0].targets
    assert shown(both[0]) and target.verdict not in ("not run", "not supported")
    assert target.arms[0].value.value is not None and target.arms[0].value.value > 0.65


def test_on_shuffled_labels_nothing_transfers_and_the_words_change(both: tuple[Ruling, Ruling]) -> None:
    (target,) = both[1].targets
    assert not shown(both[1]) and target.verdict in ("not supported", "underpowered"), target.reasons
    assert target.arms[0].value.value is not None and 0.42 < target.arms[0].value.value < 0.58
    said = [{(one.said, str(one.number)) for one in found.targets[0].reasons if one.number} for found in both]
    assert said[1] and not said[0] & said[1]
    assert card(both[0]) != card(both[1])
