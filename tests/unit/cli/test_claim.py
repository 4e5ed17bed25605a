"""`exapt claim`: names and patterns, plans, a verdict from one command, faults in a line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from exapt.cli.claim import parse, sheets
from exapt.cli.sheets import settings_help
from exapt.errors import BadInput
from tests.unit.cli.conftest import Call

SMALL = (
    "model.layers=1", "model.width=16", "model.heads=2", "seeds.count=1", "rungs=[need]", "method.epochs=1",
    "leave_out=[permuted_labels,target_supervised]", "source.train=64", "source.dev=32", "source.test=64",
    "source.length=24", "targets.dna_synth_80.length=24", "targets.dna_synth_80.test=64", "trainer.progress=false",
)  # fmt: skip


def test_words_are_taken_apart() -> None:
    asked = parse(["quickstart", "--budget", "30min", "seeds.count=4", "workers=3", "--plan"])
    assert (asked.names, asked.words) == (["quickstart"], ["seeds.count=4"])
    assert (asked.budget, asked.workers, asked.plan) == (1800.0, 3, True)
    assert parse(["quick*", "--budget=1.5h"]).budget == 5400.0
    assert parse(["*", "quickstart"]).names == sheets()


def test_what_claims_share_is_no_claim(root: Path) -> None:
    folder = root / "conf" / "claim"
    shared = {str(sheet.relative_to(folder).with_suffix("")) for sheet in folder.glob("**/_*/**/*.yaml")}
    assert "_base/corrected" in shared and not shared & set(sheets())
    with pytest.raises(BadInput, match="there is no such claim"):
        parse(["_base/corrected"])
    assert all(name.startswith("linguists_dna/") for name in parse(["linguists_dna/*"]).names)
    assert "_base/" not in settings_help("claim", root / "conf", [])


def test_help_shows_a_claim_with_what_it_shares(root: Path) -> None:
    text = settings_help("claim", root / "conf", ["claim=linguists_dna/gpt2_small_dna_as_published"])
    assert "name: linguists_dna/gpt2_small_dna_as_published" in text and "'value': 0.78" in text
    assert "'n': 3600" in text and "rungs: ['transfer']" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "claim: name one: "),
        (["quikstart"], "Did you mean 'quickstart'?"),
        (["quickstart", "--budget", "soon"], "--budget soon: give a time above 0"),
        (["quickstart", "--budget"], r"--budget \(nothing\)"),
        (["quickstart", "workers=none"], "workers=none: give a number"),
        (["quickstart", "--plann"], r"--plann: there is no such option.*Did you mean '--plan'"),
        (["quickstart", "--seed", "3"], "--seed: there is no such option"),
        (["linguists_dna"], r"is a family of claims; say 'linguists_dna/\*'"),
        (["linguists_dna/nonesuch*"], "no claim is called like that; there is biopaws/"),
        (["conf/claim/quickstart.yaml"], "Did you mean 'quickstart'?"),
    ],
)
def test_wrong_words_are_one_line(words: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse(words)


@pytest.mark.slow
def test_a_claim_is_run_and_judged(work: Path, call: Call) -> None:
    """With one seed and without a contrast's arm there is a verdict: not run, and why."""
    said = call("claim", "quickstart", *SMALL)
    assert said.code == 2, said.err
    assert "quickstart" in said.out and "NOT RUN" in said.out
    (file,) = (work / "runs" / "claims").glob("quickstart-*/verdict.json")
    found = json.loads(file.read_text())
    assert found["targets"][0]["reasons"][0]["said"] == "permuted_labels is wanted for transfer and was not run"
    assert all(cell["run"] for cell in found["cells"])
    trained = {path: path.stat().st_mtime_ns for path in work.glob("runs/*/fit.json")}
    again = call("claim", "quickstart", *SMALL)
    assert again.out == said.out and trained == {path: path.stat().st_mtime_ns for path in work.glob("runs/*/fit.json")}
    plan = call("claim", "quickstart", "--plan", *SMALL)
    assert plan.code == 0 and "nothing is left to run" in plan.out


def test_plans_of_several_claims_name_what_they_want(call: Call) -> None:
    """Offline, without weights or data: every claim with its state, each want in full once."""
    said = call("claim", "--plan", "linguists_dna/gpt2_small_*dna_protein*")
    assert said.code == 0
    text = " ".join(said.out.split())
    for name in ("gpt2_small_dna_protein", "gpt2_small_2_dna_protein_as_published"):
        assert f"claim linguists_dna/{name}: " in text
    assert text.count("cannot be run here: - model ") == 4
    assert (
        "4 claims, of which 0 can be run here. The others want: - for 2 of them: model 'dnagpt/gpt_dna_eng_v0'" in text
    )
    assert text.count("dna_protein_150: reads paper/dna_protein_150.jsonl and data_dir is not set;") == 1
    assert "model 'openai-community/gpt2' is not in the local cache" in text and "paws-x: cannot be fetched" in text


SHEETS = {
    "empty": ("", "is empty; write KEY: VALUE lines, or begin with a copy of quickstart.yaml"),
    "list": ("- name: mine\n", "holds no settings"),
    "bracket": ("name: mine\nrungs: [transfer\n", "line 3: is not YAML (expected ',' or ']'"),
    "tab": ("name: mine\n\tstatement: x\n", "line 2: is not YAML (found character '\\t'"),
    "latin": (b"name: mine\nstatement: \xe9\n", "is not YAML (invalid continuation byte)"),
    "nameless": (
        "defaults: [override /model: tiny, override /task@source: text_match]\nstatement: x\n",
        "name: is missing; write it into ",
    ),
}


@pytest.mark.parametrize("kind", SHEETS)
def test_a_faulty_sheet_is_named_in_one_line(
    kind: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    shutil.copytree(root / "conf", tmp_path / "conf")
    monkeypatch.setattr("exapt.cli.launch.conf_dir", lambda: tmp_path / "conf")
    text, said = SHEETS[kind]
    sheet = tmp_path / "conf" / "claim" / "mine.yaml"
    sheet.write_bytes(text if isinstance(text, bytes) else text.encode())
    line = refused("claim", "mine", "--plan")
    assert str(sheet) in line and said in line


@pytest.mark.slow
def test_a_plan_with_a_budget_shows_what_is_kept(call: Call) -> None:
    said = call("claim", "quickstart", "--plan", "--budget", "1000h")
    assert said.code == 0 and "claim quickstart: left out by --budget: nothing" in said.out


def test_faults_are_one_line(refused: Callable[..., str]) -> None:
    assert "Did you mean" in refused("claim", "quikstart")
    assert refused("claim", "quickstart", "seeds.count=0").endswith("out of range (1 to 10000).")
    assert "is trained from scratch" in refused("claim", "quickstart", "rungs=[pretraining]")
