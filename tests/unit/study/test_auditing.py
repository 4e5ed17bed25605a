"""A run is audited before it is trained: a flaw stops it with a line, or is accepted in the open; looked at once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from exapt.audit.audit import Audit
from exapt.errors import BadInput
from exapt.findings import Page
from exapt.record import read_record
from exapt.settings import one_line
from exapt.study import auditing
from exapt.study.auditing import Used, page_of
from exapt.study.predict import Predict
from tests.unit.study.conftest import DNA, small
from tests.unit.study.flawed import STOPS, Flaw, table

OTHER = dataclasses.replace(DNA, name="other", seed=3)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were audited alone, in order, and those that were looked at beside a model."""
    original, tasks = Audit.execute, []

    def execute(self: Audit) -> Page:
        tasks.append(self.task.name if self.model is None else f"{self.task.name}, {self.model.name}")
        return original(self)

    monkeypatch.setattr(Audit, "execute", execute)
    return tasks


def used(**changed: Any) -> Used:
    task = dataclasses.replace(DNA, **changed)
    return Used.of(task, {"test": task.load("test")})


@pytest.mark.parametrize("flaw", STOPS)
def test_a_flaw_stops_a_run_before_it_leaves_anything_and_can_be_accepted(flaw: Flaw, tmp_path: Path) -> None:
    source, out = table(tmp_path / "data", flaw), tmp_path / "runs"
    with pytest.raises(BadInput) as caught:
        small(out, source=source, targets={}).execute()
    line = str(caught.value)
    assert line.startswith(f"mine: {STOPS[flaw]}: ") and "\n" not in line
    assert "or accept it with audit=accept." in line
    assert not out.exists()
    done = small(out, source=source, targets={}, audit="accept").execute()
    record = read_record(done.folder)
    assert STOPS[flaw] in record.passports["mine"].stops and record.passports["mine"].level == "fail"
    assert [accepted.split(": ")[:2] for accepted in record.accepted] == [
        ["mine", c] for c in record.passports["mine"].stops
    ]
    said = record.accepted[0].removeprefix(f"mine: {STOPS[flaw]}: ")
    assert said in line and any(digit.isdigit() for digit in said)
    page = (done.folder / "report.md").read_text()
    assert "- mine: fail; accepted " in page and f"- mine: {STOPS[flaw]}: " in page


def test_without_a_flaw_nothing_stops_and_the_bar_is_that_of_the_signal(tmp_path: Path) -> None:
    record = small(tmp_path / "runs", source=table(tmp_path / "data")).execute().record
    passport = record.passports["mine"]
    assert (passport.stops, record.accepted, passport.signal) == ([], [], ["edit"])
    assert passport.bar is not None and passport.bar > 0.9
    assert passport.digests == {
        "train": record.fit.train.digest, "dev": record.fit.dev.digest, "test": record.scores["mine"].data.digest,
    }  # fmt: skip
    assert set(record.passports) == set(record.scores) == {"mine", "dna"}
    assert set(record.passports["dna"].digests) == {"test"}


def test_a_flaw_of_a_target_stops_before_training_and_names_it(tmp_path: Path) -> None:
    target = table(tmp_path / "data", "contradictory", splits={"test": "train.csv"})
    with pytest.raises(BadInput, match=r"^published: contradictory labels: 4 pairs .* of rows\. Mend it \(drop"):
        small(tmp_path / "runs", targets={"dna": DNA, "published": target}).execute()
    assert not (tmp_path / "runs").exists()


def test_what_else_stops_is_named_in_the_same_line(tmp_path: Path) -> None:
    target = table(tmp_path / "data", "erased", splits={"test": "test.csv"})
    with pytest.raises(BadInput, match=r"^text_match: truncation: .* The same goes for .*mine: unknown tokens"):
        small(tmp_path, targets={"mine": target}, method={"max_length": 12}).execute()


def test_the_runs_own_limit_counts(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cut at 12 tokens.* Mend it \(raise method\.max_length, now 12\)"):
        small(tmp_path, targets={}, method={"max_length": 12}).execute()


def test_a_share_with_the_source_is_told_and_stops_nothing(tmp_path: Path) -> None:
    source = table(tmp_path / "data")
    target = dataclasses.replace(source, name="other", splits={"test": "train.csv"}, positive="other")
    record = small(tmp_path / "runs", source=source, targets={"other": target}).execute().record
    assert "overlap with source" in record.passports["other"].failed
    assert (record.passports["other"].stops, record.accepted) == ([], [])


def test_strict_tokens_refuses_lost_input_whatever_else_is_accepted(tmp_path: Path) -> None:
    target = table(tmp_path / "data", "erased", splits={"test": "test.csv"})
    run = small(tmp_path / "runs", targets={"mine": target}, audit="accept", strict_tokens=True)
    with pytest.raises(BadInput, match=r"^mine: unknown tokens: .*or accept it with strict_tokens=false\."):
        run.execute()
    assert not (tmp_path / "runs").exists()
    other = table(tmp_path / "other", "contradictory", splits={"test": "train.csv"})
    run = small(tmp_path / "runs", targets={"other": other}, audit="accept", strict_tokens=True)
    assert [flaw.split(": ")[:2] for flaw in run.execute().record.accepted] == [["other", "contradictory labels"]]


def test_a_signal_that_is_none_is_one_line(tmp_path: Path) -> None:
    run = small(tmp_path, targets={"dna": dataclasses.replace(DNA, signal=["lengths"])})
    with pytest.raises(BadInput, match=r"^signal: 'lengths' is no family of content"):
        run.execute()


def test_only_two_answers_are_known() -> None:
    with pytest.raises(ValidationError) as caught:
        small(Path("runs"), audit="ignore")
    assert one_line(caught.value) == "Run: audit: Input should be 'stop' or 'accept' (got 'ignore')."


@pytest.mark.slow
def test_a_sweep_audits_a_task_once(tmp_path: Path, cache: Path, looked: list[str]) -> None:
    for seed in (0, 1):
        small(tmp_path / "runs", seed=seed).execute()
    assert looked == ["text_match", "text_match, small", "dna_synth", "dna_synth, small"]
    # unless it trains on another part of it
    small(tmp_path / "runs", targets={}, method={"train_examples": 32}).execute()
    assert looked[4:] == ["text_match", "text_match, small"]


def test_an_audit_is_kept_and_is_the_same_anew(cache: Path, looked: list[str]) -> None:
    model = small(Path("runs")).model
    first = page_of(used(), model, None)
    assert page_of(used(), model, None) == first and len(looked) == 2
    files = {file: file.read_bytes() for file in (cache / "audits").iterdir()}
    assert len(files) == 2
    for file, content in files.items():
        for broken in (
            b"",
            content[:200],
            b"\xff",
            b"{}",
            content.replace(b'"task": "dna_synth"', b'"task": "another"'),
        ):
            file.write_bytes(broken)
            assert page_of(used(), model, None) == first
            assert file.read_bytes() == content
    assert len(looked) == 12 and set((cache / "audits").iterdir()) == set(files)


def test_an_audit_in_two_parts_is_one(cache: Path) -> None:
    model, source = small(Path("runs")).model, used(seed=4)
    for other in (None, source):
        whole = Audit(task=used(), model=model, source=other, skip=list(auditing.SKIPPED)).execute()
        assert page_of(used(), model, other) == Page.model_validate_json(whole.model_dump_json())


@pytest.mark.slow
def test_whatever_can_change_an_audit_makes_another(
    cache: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(Path("runs")).model
    page_of(used(), model, None)
    for task, reader, source, parts in (
        (used(seed=4), model, None, 2),
        (used(name="other"), model, None, 2),
        (used(signal=["edit"]), model, None, 2),
        # the task alone is as it was
        (used(), dataclasses.replace(model, max_length=20), None, 1),
        (used(), dataclasses.replace(model, pair="joint"), None, 1),
        (used(), model, used(seed=4), 1),
        (used(), model, used(seed=5), 1),
    ):
        before = len(looked)
        page_of(task, reader, source)
        assert len(looked) == before + parts
    monkeypatch.setattr(auditing, "code", lambda *rooms: "mended")
    page_of(used(), model, None)
    assert len(looked) == 14
    monkeypatch.setattr(auditing, "version", lambda library: "9.9")
    page_of(used(), model, None)
    assert len(looked) == 16 == len(list((cache / "audits").iterdir()))


def test_a_cache_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.setenv("EXAPT_CACHE", "/proc/exapt")
    assert page_of(used(), small(Path("runs")).model, None).task == "dna_synth"
    assert sum("set EXAPT_CACHE to another folder" in line for line in said) == 2, "a line for each part"


def test_the_passport_of_a_target_that_is_added_joins_the_record(finished: Callable[[], Path]) -> None:
    folder = finished()
    old = json.loads((folder / "record.json").read_text())
    record = small(folder.parent, targets={"other": OTHER}).execute().record
    assert set(record.passports) == {"text_match", "dna", "other"}
    new = json.loads((folder / "record.json").read_text())
    assert {k: v for k, v in new["passports"].items() if k != "other"} == old["passports"]
    changed = dataclasses.replace(OTHER, seed=5)
    record = small(folder.parent, targets={"other": changed}).execute().record
    assert set(record.passports) == set(record.scores) and len(record.scores) == 4


def test_a_record_of_before_gets_its_passports_and_keeps_its_scores(finished: Callable[[], Path]) -> None:
    folder = finished()
    whole = (folder / "record.json").read_bytes()
    content = json.loads(whole)
    del content["passports"]
    (folder / "record.json").write_text(json.dumps(content))
    done = small(folder.parent).execute()
    assert not done.trained and (folder / "record.json").read_bytes() == whole


def test_predict_audits_what_it_scores(finished: Callable[[], Path], tmp_path: Path) -> None:
    folder = finished()
    before = (folder / "record.json").read_bytes()
    more = Predict(fit=str(folder), task=table(tmp_path / "a", "contradictory"), trainer=small(folder.parent).trainer)
    bad = dataclasses.replace(more, task=dataclasses.replace(more.task, splits={"test": "train.csv"}))
    with pytest.raises(BadInput, match=r"^mine: contradictory labels: .*audit=accept"):
        bad.execute()
    assert (folder / "record.json").read_bytes() == before
    done = dataclasses.replace(bad, audit="accept").execute()
    assert not isinstance(done, Path)
    assert [flaw.split(": ")[:2] for flaw in done.record.accepted] == [["mine", "contradictory labels"]]
    # as if it had been a target from the beginning
    fresh = small(tmp_path / "fresh", targets={"mine": bad.task}, audit="accept").execute().record
    assert fresh.passports["mine"] == done.record.passports["mine"] and fresh.accepted == done.record.accepted


def test_predict_measures_what_is_shared_with_the_source_only_where_that_is_still_there(
    tmp_path: Path, finished: Callable[[], Path]
) -> None:
    source = table(tmp_path / "data")
    target = dataclasses.replace(source, name="other", splits={"test": "dev.csv"}, positive="other")
    folder = small(tmp_path / "runs", source=source, targets={}).execute().folder
    more = Predict(fit=str(folder), task=target, trainer=small(tmp_path).trainer)
    done = more.execute()
    assert not isinstance(done, Path) and "overlap with source" in done.record.passports["other"].failed
    copy = dataclasses.replace(target, name="copy", path=str(tmp_path / "copy"))
    table(tmp_path / "copy")
    (tmp_path / "data" / "train.csv").unlink()
    gone = dataclasses.replace(more, task=copy).execute()
    assert not isinstance(gone, Path) and "overlap with source" not in gone.record.passports["copy"].failed
