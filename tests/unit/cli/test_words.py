"""The short words of the command line, and plain values that Hydra's grammar cannot read."""

from __future__ import annotations

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from exapt.cli.words import cell_name, hydra_words, plain_word
from exapt.errors import BadInput


@pytest.mark.parametrize(
    ("verb", "word", "made"),
    [
        ("run", "experiment=quickstart", "experiment/run@_global_=quickstart"),
        ("run", "source=text_match", "task@source=text_match"),
        ("run", "target=dna_synth", "+task@targets.dna_synth=dna_synth"),
        ("run", "method.lr=1e-5", "++method.lr=1e-5"),
        ("run", "seed=0,1,2", "seed=0,1,2"),
        ("run", "model=tiny", "model=tiny"),
        ("run", "task@targets.mine=table", "task@targets.mine=table"),
        ("run", "hydra.launcher.n_jobs=2", "hydra.launcher.n_jobs=2"),
        ("run", "hydra/launcher=joblib", "hydra/launcher=joblib"),
        ("run", "~logger", "~logger"),
        ("run", "+seeds.init=3", "+seeds.init=3"),
        ("run", "data_dir=~/my data(1)", 'data_dir="~/my data(1)"'),
        ("run", "source.path=données/a=b.csv", '++source.path="données/a=b.csv"'),
        ("run", "source.labels={0: no, 1: yes}", "++source.labels={0: no, 1: yes}"),
        ("predict", "source=x", "source=x"),
        ("build", "out=", "out="),
    ],
)
def test_words_become_hydras(verb: str, word: str, made: str) -> None:
    assert hydra_words(verb, word) == made


@given(st.text(st.characters(exclude_characters=",[]{}'\"$", exclude_categories=("C", "Z")), min_size=1, max_size=20))
def test_plain_text_arrives_as_it_was_written(value: str) -> None:
    word = hydra_words("run", f"data_dir={value}")
    arrived = OverridesParser.create().parse_override(word).value()
    if isinstance(arrived, str):
        assert arrived == value
    else:  # a number, a flag, null, or one of Hydra's own functions
        assert word == f"data_dir={value}"


@pytest.mark.parametrize(
    ("verb", "word", "said"),
    [
        ("run", "--foo", "--foo: there is no such option"),
        ("run", "-x", "-x: there is no such option"),
        ("run", "seed", "'seed': is no setting; write KEY=VALUE"),
        ("run", "", "'': is no setting"),
        ("run", "=3", "'=3': is no setting"),
        ("run", "target=a,b", "say target= once for each, as in target=a target=b"),
        ("predict", "experiment=quickstart", "only `exapt run` has experiments"),
    ],
)
def test_words_that_are_none_are_refused(verb: str, word: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        hydra_words(verb, word)
    assert said in str(caught.value)


@pytest.mark.parametrize("word", ["experiment=a", "source=a", "method.lr=x", "seed=0,1", "model=tiny"])
def test_a_word_is_said_as_it_was_typed(word: str) -> None:
    assert plain_word(hydra_words("run", word)) == word


def test_a_cell_is_named_by_what_varies() -> None:
    words = ["model=tiny", "task@source=a,b", "++source.labels={0: no, 1: yes}", "seed=0,1"]
    cell = ["model=tiny", "task@source=b", "++source.labels={0:no,1:yes}", "seed=1"]
    assert cell_name(words, cell) == "source=b seed=1"
    assert cell_name(["seed=3"], ["seed=3"]) == ""
