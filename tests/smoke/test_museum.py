"""The papers' recipes, end to end on twins of their models: the [UNK] collapse, the flip, the constant predictor."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from exapt.cli.claim import compose
from exapt.evaluation.predictions import read_predictions
from exapt.record import Record, Score
from exapt.ruling import Target
from exapt.study.claiming import work
from exapt.study.judging import rule
from tests.smoke.twins import coding_pairs, hub_folder, lines, pawsx, similar_pairs, twin

pytestmark = pytest.mark.slow

TRAIN, HELD, PAIRS = 160, 80, 160
DNA, PROTEIN = "dna_sim_pair_simple_150bp", "dna_protein_150"
MODELS = {
    "gpt2_small": "gpt2", "bert_uncased_150bp": "bert-base-uncased", "bert_cased_50bp": "bert-base-cased",
    "mbert_150bp": "bert-base-multilingual-cased",
}  # fmt: skip


class Museum:
    """Claims of the papers on twins of what they want, each run once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = pawsx(folder, TRAIN, HELD)
        hub_folder(folder / "dnagpt", DNA, similar_pairs(PAIRS))
        lines(folder / "paper" / "dna_protein_150.jsonl", coding_pairs(PAIRS))
        self.runs: dict[str, tuple[Target, Record, Path]] = {}

    def words(self, name: str) -> list[str]:
        """What a user says who has all of it in folders, and little time."""
        row, _, rest = name.partition("_dna")
        kind = MODELS[row]
        model = self.folder / kind
        if not model.is_dir():
            twin(model, kind)
        rows = ",".join(f"{split}:{count}" for split, count in self.rows.items())
        held = ",".join(f"{split}:{self.rows[split]}" for split in ("dev", "test"))
        words = [
            f"data_dir={self.folder}", f"out={self.folder / 'runs'}", f"model.name_or_path={model}",
            f"source.data_dir={self.folder}", f"source.rows={{{rows}}}",
            *(f"nearby.pawsx_{to}.data_dir={self.folder}" for to in ("fr", "de")),
            *(f"nearby.pawsx_{to}.rows={{{held}}}" for to in ("fr", "de")),
            "structure.random_match.train=160", "structure.random_match.dev=80", "structure.random_match.test=80",
            "method.epochs=1", "trainer=cpu", "trainer.progress=false", "audit=accept",
        ]  # fmt: skip
        target = PROTEIN if rest.startswith("_protein") else DNA
        words.append(f"targets.{target}.rows={{{'test' if target == PROTEIN else 'train'}:{PAIRS}}}")
        if target == DNA:
            words.append(f"targets.{DNA}.dataset={self.folder / 'dnagpt'}")
        if name.endswith("as_published") or name.endswith("unflipped"):
            words.append(f"targets.{target}.limit={PAIRS}")
        return words

    def __call__(self, name: str, *more: str) -> tuple[Target, Record, Path]:
        """The verdict on a claim's target, the treatment's record and its folder."""
        if name not in self.runs:
            claim = compose(f"linguists_dna/{name}", [*self.words(name), *more])
            worked = work(claim)
            (found,) = rule([worked])
            assert not worked.faults, worked.faults
            record, place = worked.records[f"treatment, seed {claim.seeds.first}"]
            self.runs[name] = found.targets[0], record, place
        return self.runs[name]


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Museum:
    return Museum(tmp_path_factory.mktemp("museum"))


def score_of(record: Record) -> Score:
    return next(score for score in record.scores.values() if score.data.task in (DNA, PROTEIN))


def scores(record: Record, folder: Path) -> pd.DataFrame:
    return read_predictions(folder / score_of(record).predictions).query("phase == 'trained'")


@pytest.mark.parametrize("name", ["bert_uncased_150bp_dna", "mbert_150bp_dna", "mbert_150bp_dna_protein"])
def test_a_hundred_and_fifty_letters_are_one_unknown_word_and_the_prediction_is_constant(
    name: str, museum: Museum
) -> None:
    target, record, folder = museum(f"{name}_as_published")
    assert target.verdict == "tokenizer artefact" and target.lost is not None and target.lost > 0.99
    tokens = score_of(record).data.tokens
    assert tokens.mean == 5 and tokens.unknown_tokens == 1  # [CLS] [UNK] [SEP] [UNK] [SEP]
    assert record.scores["pawsx_en"].data.tokens.unknown_tokens == 0, "what it learned from was read"
    told = scores(record, folder)["score"]
    assert told.max() - told.min() < 1e-6
    metrics = score_of(record).trained.metrics
    assert metrics["auroc"].value == 0.5
    # all pairs are called one class: the published F1 of 0, or its other face
    assert metrics["f1"].value == 0 or metrics["f1"].value == pytest.approx(2 / 3)
    assert metrics["accuracy"].value == pytest.approx(0.5)


def test_the_flip_is_one_minus_accuracy_and_tells_nothing_else(museum: Museum) -> None:
    flipped, one, _ = museum("mbert_150bp_dna_as_published")
    plain, other, _ = museum("mbert_150bp_dna_as_published_unflipped")
    assert one.fit.weights == other.fit.weights, "the same training"
    accuracy, raw = (score_of(record).trained.metrics["accuracy"].value for record in (one, other))
    assert accuracy is not None and raw is not None and accuracy + raw == pytest.approx(1)
    assert flipped.positive == "different" and plain.positive == "similar"
    assert flipped.verdict == plain.verdict == "tokenizer artefact"


def test_fifty_letters_are_read_and_the_verdict_is_another(museum: Museum) -> None:
    target, record, folder = museum("bert_cased_50bp_dna_as_published")
    tokens = score_of(record).data.tokens
    assert tokens.unknown_tokens == 0 and tokens.mean == 103  # 50 letters a side, each a piece
    assert scores(record, folder)["score"].nunique() > PAIRS // 2
    assert target.verdict != "tokenizer artefact" and target.lost == 0


def test_gpt2_pads_with_its_end_token_and_cuts_at_128(museum: Museum) -> None:
    """Our scores are those of the Hub's own class, which pads with the end token, on the first 128 tokens."""
    target, record, folder = museum("gpt2_small_dna_as_published", "keep_weights=best")
    assert record.fit.method["max_length"] == 128
    assert score_of(record).data.tokens.truncated > 0.9, (
        "150 letters a side are more than 128 tokens of this vocabulary"
    )
    assert target.verdict == "tokenizer artefact", "what is cut off is lost as well"
    (weights,) = folder.rglob("model.safetensors")
    theirs = AutoModelForSequenceClassification.from_pretrained(weights.parent).eval()
    tokenizer = AutoTokenizer.from_pretrained(weights.parent)
    assert tokenizer.pad_token == tokenizer.eos_token
    assert theirs.config.pad_token_id == tokenizer.eos_token_id
    rows = {f"row-{number:06d}": row for number, row in enumerate(similar_pairs(PAIRS), start=1)}
    told = scores(record, folder).head(16)
    for identity, score in zip(told["id"], told["score"], strict=True):
        row = rows[str(identity)]
        text = tokenizer(
            row["sentence1"], row["sentence2"], truncation=True, max_length=128, padding="max_length",
            return_tensors="pt",
        )  # fmt: skip
        assert text["input_ids"].shape == (1, 128)
        with torch.no_grad():
            logits = theirs(**text).logits[0]
        assert float(logits[1] - logits[0]) == pytest.approx(score, abs=1e-4)


def test_tried_again_the_whole_input_is_read_and_every_arm_runs(museum: Museum) -> None:
    target, record, folder = museum("mbert_150bp_dna", "seeds.count=1", "grid=[]")
    assert target.lost is not None and target.lost < 0.01
    assert scores(record, folder)["score"].nunique() > 10
    assert target.verdict not in ("tokenizer artefact", "not run", "supported")
    arms = {arm.arm for arm in target.arms}
    assert {"treatment", "permuted_labels", "shuffled_source", "structure_only", "random_init"} <= arms
