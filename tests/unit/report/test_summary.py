"""The terminal's table is at most 80 columns of the record's numbers; the two sentences follow from them."""

from __future__ import annotations

import re

import pytest

from exapt.report.summary import meaning, short_table


def sentences(text):
    found = text.removesuffix(".").split(". ")
    assert len(found) == 2 and text.endswith("."), text
    return found


@pytest.fixture
def transfer(make_record, make_score):
    """The quickstart's shape: source learned, near targets ranked, no threshold transferred, baseline better."""
    return make_record(
        {
            "dna_95": make_score("dna_95", quality=2.3, shift=4, baseline=6),
            "dna_65": make_score("dna_65", quality=0.1, shift=4, baseline=3),
            "text_match": make_score("text_match", quality=3, role="source"),
        }
    )


def test_table_shows_the_records_numbers(transfer):
    lines = short_table(transfer).split("\n")
    assert [line.split()[0] for line in lines[2:5]] == ["text_match*", "dna_95", "dna_65"]
    score = transfer.scores["dna_95"]
    found = score.trained.metrics["auroc"]
    line = lines[3]
    assert f" 400  {found.value:.2f} [{found.low:.2f}, {found.high:.2f}]".replace("  ", " ") in line
    assert f" {score.trained.metrics['accuracy'].value:.2f} " in line
    assert " +- " in line
    assert line.endswith(f"{score.baselines['edit similarity'].metrics['auroc'].value:.2f} edit similarity")


def test_table_fits_and_is_ascii_whatever_the_names(make_record, make_score):
    long = "a_very_long_task_name_that_nobody_should_have_chosen_95"
    scores = {
        f"{long}_{i}": make_score(long, quality=q, n=n) for i, (q, n) in enumerate([(-3, 1000), (3, 400), (0, 6)])
    }
    odd = make_score("x", quality=1, role="source")
    baseline = {"a baseline\x1b[31m with a long name": odd.baselines["edit similarity"]}
    scores["言葉\x1b[2J|\n"] = odd.model_copy(update={"baselines": baseline})
    big = odd.data.model_copy(update={"examples": 1_234_567})
    scores["big"] = odd.model_copy(update={"data": big, "role": "target"})
    text = short_table(make_record(scores))
    lines = text.split("\n")
    assert text.isascii() and "\x1b" not in text
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + 5 + 3
    # names that differ at the end are still told apart
    assert len({line.split()[0] for line in lines[2:7]}) == 5
    assert "1234567" in text and "edit similarity" in text


def test_inverted_is_marked_and_explained(make_record, make_score):
    text = short_table(make_record({"s": make_score("s", quality=3, role="source"), "t": make_score("t", quality=-3)}))
    line = next(line for line in text.split("\n") if line.startswith("t "))
    assert "]!" in line and "! inverted" in text
    assert "!" not in short_table(make_record({"s": make_score("s", quality=3, role="source")}))


def test_what_is_not_defined_is_said(make_record, make_score):
    text = short_table(make_record({"t": make_score("t", quality=1, share=1.0)}))
    assert text.split("\n")[2].split() == ["t", "400", "none", *text.split("\n")[2].split()[3:4], "none", "none"]


def test_ranking_without_threshold_and_a_better_baseline(transfer):
    ranking, threshold = sentences(meaning(transfer))
    assert ranking.startswith("In this one fit (one seed), the ranking transfers to dna_95 (AUROC 0.9")
    assert "n = 400) (there" in ranking and "but is not shown to transfer to dna_65 (AUROC 0.5" in ranking
    assert threshold.startswith(
        "The threshold does not transfer to dna_95 and dna_65 (accuracy there is not clearly better"
    )
    assert threshold.endswith("; a trivial baseline (edit similarity) ranks as well or better on dna_95 and dna_65")


def test_full_transfer_that_no_baseline_reaches(make_record, make_score):
    record = make_record(
        {n: make_score(n, quality=3, baseline=0.2, role="source" if n == "s" else "target") for n in ("s", "a", "b")}
    )
    ranking, threshold = sentences(meaning(record))
    assert ranking.startswith("In this one fit (one seed), the ranking transfers to all targets, a (AUROC 0.9")
    assert "(there the lower bound" in ranking
    shown = r"\(accuracy 0\.9\d \[0\.9\d, 0\.9\d\], larger class 0\.50\)"
    where = r"\(there accuracy's lower bound is over 0\.02 above the larger class's share\)"
    said = rf"The threshold transfers to a {shown} and b {shown} {where}; no trivial baseline ranks as well on a and b"
    assert re.fullmatch(said, threshold)


def test_mixed_threshold_and_baseline(make_record, make_score):
    record = make_record(
        {
            "s": make_score("s", quality=3, role="source"),
            "a": make_score("a", quality=3, baseline=0.1),
            "b": make_score("b", quality=3, shift=6, baseline=6),
        }
    )
    _, threshold = sentences(meaning(record))
    assert threshold.startswith("The threshold transfers to a (accuracy 0.9")
    assert "larger class's share) but not to b (accuracy there" in threshold
    assert threshold.endswith("; a trivial baseline (edit similarity) ranks as well or better on b, but not on a")


def test_different_baselines_are_named_by_target(make_record, make_score):
    record = make_record(
        {
            "s": make_score("s", quality=3, role="source"),
            "a": make_score("a", quality=2, baseline=6),
            "b": make_score("b", quality=0, baseline=-3),
        }
    )
    _, threshold = sentences(meaning(record))
    assert threshold.endswith("; trivial baselines rank as well or better on a (edit similarity) and b (majority)")


def test_no_transfer_and_an_inverted_target(make_record, make_score):
    record = make_record(
        {
            "s": make_score("s", quality=3, role="source"),
            "a": make_score("a", quality=0),
            "b": make_score("b", quality=-2),
        }
    )
    ranking, threshold = sentences(meaning(record))
    assert ranking.startswith("In this one fit (one seed), the ranking is not shown to transfer to a (AUROC")
    assert ranking.endswith("; it is inverted on b")
    assert threshold.startswith("The threshold does not transfer to a and b")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("", "one seed"),
        ("ab", "one seed, generated targets"),
        ("sab", "one seed, generated data"),
        ("a", "one seed; generated: a"),
        ("s", "one seed; generated: s"),
        ("sb", "one seed; generated: s and b"),
    ],
)
def test_generated_tasks_are_told_beside_real_ones(make_record, make_score, made, told):
    scores = {name: make_score(name, quality=3, role="source" if name == "s" else "target") for name in "sab"}
    for name in made:
        data = scores[name].data
        facts = {**data.facts, "generated": True}
        scores[name] = scores[name].model_copy(update={"data": data.model_copy(update={"facts": facts})})
    for name in set("sab") - set(made):
        data = scores[name].data
        scores[name] = scores[name].model_copy(update={"data": data.model_copy(update={"facts": {}})})
    assert meaning(make_record(scores)).startswith(f"In this one fit ({told}), ")


def test_a_source_that_was_not_learned_says_so_first(make_record, make_score):
    record = make_record(
        {
            "s": make_score("s", quality=0, role="source"),
            "a": make_score("a", quality=3),
            "b": make_score("b", quality=0),
        }
    )
    ranking, threshold = sentences(meaning(record))
    assert ranking.startswith("The model did not learn its source s (n = 400, AUROC ")
    assert "nothing here can show that a ranking transfers" in ranking
    assert ranking.endswith("on a is then no transfer of it")
    assert "transfer" not in threshold
    assert threshold.startswith("Accuracy is clearly better than always naming the larger class on a (accuracy ")
    assert ") but not on b;" in threshold


def test_source_only(make_record, make_score):
    ranking, threshold = sentences(meaning(make_record({"s": make_score("s", quality=3, role="source", baseline=0.1)})))
    assert ranking == "The model learned its source and no target was scored, so nothing is said about transfer"
    assert threshold.startswith("Accuracy is clearly better than always naming the larger class on s (accuracy ")
    assert "; no trivial baseline" in threshold


def test_one_class_targets_cannot_be_judged(make_record, make_score):
    record = make_record({"s": make_score("s", quality=3, role="source"), "a": make_score("a", quality=3, share=1.0)})
    ranking, threshold = sentences(meaning(record))
    assert ranking.startswith("In this one fit (one seed), whether the ranking transfers cannot be told; on a AUROC")
    assert threshold.endswith("no trivial baseline can be compared")
