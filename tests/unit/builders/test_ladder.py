"""The ladder's settings: what does not fit together is refused in a line, and the rule says how rows are made."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from exapt.builders.ladder import DnaLadderRecipe
from exapt.settings import one_line


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"levels": []}, "levels=[]: give at least one"),
        ({"levels": [0.8, 0.8]}, "each once"),
        ({"levels": [0.5]}, "give identities, 0.6 to 1"),
        ({"levels": [1.1], "synonymous": True}, "give shares of codons, 0 to 1"),
        ({"lengths": [40, 12]}, "at least 20 letters"),
        ({"lengths": []}, "lengths=[]: give at least one"),
        ({"pairs": 1002}, "pairs=1002: give a multiple of 4"),
        ({"pairs": 4}, "pairs=4: too few for fractions="),
        ({"ts_tv": -1.0}, "ts_tv=-1.0"),
        ({"indels": 1.5}, "indels=1.5"),
        ({"gc": 0.05}, "gc=0.05: give 0.1 to 0.9"),
        ({"gc": 0.5, "genome": "g.fa"}, "and no genome="),
        ({"negatives": "block_scrambled", "block": 11}, "block=11: give 2 to 10, a quarter of the least length"),
        ({"negatives": "shuffled"}, "negatives"),
        ({"synonymous": True, "lengths": [40]}, "must be multiples of 3"),
        ({"synonymous": True, "lengths": [42], "indels": 0.1}, "leave out ts_tv= and indels="),
        ({"synonymous": True, "lengths": [42], "ts_tv": 2.0}, "leave out ts_tv= and indels="),
        ({"synonymous": True, "lengths": [42], "table": 7}, "genetic code 7: there is none"),
        ({"synonymous": True, "lengths": [42], "negatives": "block_scrambled"}, "block=8: must be a multiple of 3"),
        ({"lengths": 40}, "lengths"),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_a_line(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DnaLadderRecipe(**settings)
    assert said in one_line(caught.value)


@pytest.mark.parametrize("fractions", [[0.8, 0.1, 0.1], [0.0, 0.0, 1.0], [1 / 3, 1 / 3, 1 / 3]])
def test_the_splits_blocks_add_up(fractions: list[float]) -> None:
    recipe = DnaLadderRecipe(pairs=4 * 101, fractions=fractions)
    blocks = [recipe.blocks(split) for split in range(3)]
    assert sum(blocks) == 101
    assert all(abs(b - 101 * f) < 1 for b, f in zip(blocks, fractions, strict=True))


@pytest.mark.parametrize(
    ("settings", "words", "not_words"),
    [
        ({}, ["generated (synthetic) 40-letter", "E. coli", "0.5 transitions", "Hamming", "exchanged"], ["indel"]),
        ({"gc": 0.3, "lengths": [20, 50]}, ["20 or 50-letter", "G+C 0.3"], ["E. coli"]),
        ({"indels": 0.25, "ts_tv": 2.0}, ["a share 0.25 are insertions or deletions", "2 transitions"], ["Hamming"]),
        ({"genome": "g.fa"}, ["window of the genome", "either strand", "1,000 letters"], ["synthetic"]),
        ({"negatives": "block_scrambled"}, ["blocks of 8 letters", "another order"], ["exchanged"]),
        (
            {"synonymous": True, "lengths": [42], "levels": [0.5], "table": 11},
            ["genetic code 11", "one protein", "share of codons changed, not an identity"],
            ["transitions", "edit distance"],
        ),
    ],
)  # fmt: skip
def test_the_rule_says_how_the_rows_are_made(settings: dict[str, Any], words: list[str], not_words: list[str]) -> None:
    rule = DnaLadderRecipe(**settings).rule()
    assert [word for word in words if word not in rule] == []
    assert [word for word in not_words if word in rule] == []
    assert rule.count(".  ") == 0
    assert rule.endswith(".")
