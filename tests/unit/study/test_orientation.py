"""The score's sign: high means the source's positive class, in whatever order the class names stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.record import RECORD, read_record, write_record
from exapt.study.run import Finished, Run
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.text_match import TextMatch
from tests.unit.study.conftest import small


def trained(out: Path, labels: list[str], **changed: object) -> Finished:
    source = DnaSynth(name="dna", labels=labels, identity=0.95, length=24, train=800, dev=200, test=400)
    settings: dict[str, object] = {
        "model": Scratch(name="small", layers=1, width=64, heads=2),
        "source": source,
        "method": Method(epochs=4, batch=32, lr=3e-3, dropout=0.0, select="auroc", precision="32-true"),
        "trainer": Devices(accelerator="cpu", progress=False),
        "targets": {},
        "out": str(out),
    }
    return Run(**{**settings, **changed}).execute()  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("labels", [["unrelated", "homologous"], ["homologous", "unrelated"]])
def test_the_test_split_is_scored_as_dev_was(tmp_path: Path, labels: list[str]) -> None:
    record = trained(tmp_path, labels).record
    dev, test = record.fit.best["dev_auroc"], record.scores["dna"].trained.metrics["auroc"].value
    assert dev > 0.8
    assert test is not None and abs(test - dev) < 0.1
    assert record.scores["dna"].marks == []


def test_scores_of_other_weights_are_refused(finished: Callable[[], Path]) -> None:
    folder = finished()
    record = read_record(folder)
    write_record(folder, record.model_copy(update={"fit": record.fit.model_copy(update={"weights": "0" * 64})}))
    before = (folder / RECORD).read_bytes()
    with pytest.raises(BadInput, match="other weights"):
        small(folder.parent, targets={"text": TextMatch(train=0, dev=0, test=64)}).execute()
    assert (folder / RECORD).read_bytes() == before
