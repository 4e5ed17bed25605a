"""Ancestors: generated ones never twice, a genome's windows by region, no repeat of a word on either strand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from Bio.Seq import Seq

from exapt.builders.evolve import texts_of
from exapt.builders.genomes import read_genome
from exapt.builders.journal import Journal
from exapt.builders.ladder import WORD, DnaLadderRecipe
from exapt.builders.ladder_windows import GenomeWindows, open_source
from exapt.errors import BadInput
from exapt.sequences import DNA, kmers, reverse_complement

LEFT_OUT = f"windows with {WORD} letters that stand in another place too, left out"


def letters(count: int, seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list(DNA), count))


def write(folder: Path, *records: str) -> str:
    file = folder / "genome.fa"
    file.write_text("".join(f">r{n}\n{record}\n" for n, record in enumerate(records)))
    return str(file)


def windows_of(recipe: DnaLadderRecipe) -> tuple[GenomeWindows, list[Any], Journal]:
    journal = Journal()
    source = open_source(recipe, journal)
    assert isinstance(source, GenomeWindows)
    each = 2 if recipe.negatives == "random" else 1
    wanted = [each * recipe.blocks(split) * len(recipe.rungs) for split in range(3)]
    return source, [source.take(n, want, np.random.default_rng(0)) for n, want in enumerate(wanted)], journal


def test_generated_windows_never_begin_alike() -> None:
    recipe = DnaLadderRecipe(lengths=[20, 44], gc=0.1)  # poor in letters: of random windows some would be equal
    source = open_source(recipe, Journal())
    texts = [
        text[:20]
        for split in range(3)
        for text in texts_of(source.take(split, 6000, np.random.default_rng(split)).codes)
    ]
    assert len(texts) == len(set(texts)) == 18_000
    twice = np.random.default_rng(0)
    gc = np.where(twice.random((18_000, 20)) < 0.1, "G", "A")
    assert len({"".join(row) for row in gc}) < 18_000  # two letters at that share do repeat


@pytest.mark.parametrize("gc", [0.2, 0.5, 0.8])
def test_generated_letters_have_the_gc_that_is_set_and_are_independent(gc: float) -> None:
    codes = open_source(DnaLadderRecipe(gc=gc), Journal()).take(0, 4000, np.random.default_rng(0)).codes
    strong = np.isin(codes, list(b"GC"))
    assert abs(strong.mean() - gc) < 4 * np.sqrt(gc * (1 - gc) / strong.size)
    after = np.corrcoef(strong[:, :-1].ravel(), strong[:, 1:].ravel())[0, 1]
    assert abs(after) < 4 / np.sqrt(strong.size)
    for pair in ("GC", "AT"):
        one, other = ((codes == ord(letter)).sum() for letter in pair)
        assert abs(one / (one + other) - 0.5) < 4 * 0.5 / np.sqrt(one + other)


def test_synonymous_ancestors_are_open_and_have_synonyms_enough_for_the_highest_level() -> None:
    recipe = DnaLadderRecipe(synonymous=True, lengths=[30, 60], levels=[0.1, 1.0], gc=0.6)
    for text in texts_of(open_source(recipe, Journal()).take(0, 300, np.random.default_rng(0)).codes):
        assert not set(str(Seq(text).translate())) & set("*MW")
    with pytest.raises(BadInput, match="lower the highest"):
        hopeless = DnaLadderRecipe(synonymous=True, lengths=[600], levels=[1.0])
        open_source(hopeless, Journal()).take(0, 100, np.random.default_rng(0))


def test_a_genomes_windows_are_its_letters_each_once_and_regions_stay_whole(tmp_path: Path) -> None:
    records = letters(30_000, 0), letters(900, 1), letters(20, 2), letters(20_000, 3).lower()
    recipe = DnaLadderRecipe(genome=write(tmp_path, *records), levels=[0.9, 0.7], pairs=400, fractions=[0.5, 0.2, 0.3])
    source, taken, journal = windows_of(recipe)
    loci: list[set[int]] = []
    seen = set()
    for windows in taken:
        places = source.places(windows.numbers, 40)
        for text, record, start, end in zip(
            texts_of(windows.codes), places["record"], places["start"], places["end"], strict=True
        ):
            assert records[int(record[1:])].upper()[start:end] == text
            seen.add((record, start))
        loci.append(set(places["locus"].tolist()))
        for locus in loci[-1]:
            within = [
                (r, s) for r, s, n in zip(places["record"], places["start"], places["locus"], strict=True) if n == locus
            ]
            assert len({r for r, _ in within}) == 1
            assert max(s for _, s in within) - min(s for _, s in within) < 2000
    assert len(seen) == sum(len(windows.numbers) for windows in taken) == 400
    assert not (loci[0] & loci[1] or loci[0] & loci[2] or loci[1] & loci[2])
    assert journal.counts["windows of the genome"] == 750 + 22 + 500
    assert journal.counts["regions"] == 30 + 1 + 0 + 20


def test_windows_with_other_letters_or_repeats_on_either_strand_are_left_out(tmp_path: Path) -> None:
    text = letters(12_000, 5)
    text = text[:4000] + text[:800] + text[4800:8000] + reverse_complement(text[2000:2400]) + text[8400:]
    text = text[:10_010] + "N" + text[10_011:11_040] + "acgt" * 10 + text[11_080:]
    recipe = DnaLadderRecipe(genome=write(tmp_path, text), levels=[0.8], pairs=300, fractions=[0.5, 0.0, 0.5])
    source, taken, journal = windows_of(recipe)
    starts = np.concatenate([source.places(windows.numbers, 40)["start"] for windows in taken])
    words = [word for windows in taken for code in texts_of(windows.codes) for word in kmers(code, WORD)]
    strands = {min(word, reverse_complement(word)) for word in words}
    assert len(strands) == len(words)
    # 800 letters twice are 20 windows twice, 400 turned round are 10 twice; one window is a repeat in itself
    assert journal.counts[LEFT_OUT] == 40 + 20 + 1
    assert journal.counts["windows with other letters than A, C, G, T, left out"] == 1
    assert not set(starts) & {0, 760, 4000, 2000, 8360, 10_000, 11_040}


def test_a_genome_that_is_too_small_is_told_how_many_pairs_it_has(tmp_path: Path) -> None:
    recipe: dict[str, Any] = {"genome": write(tmp_path, letters(60_000, 6)), "levels": [0.8, 0.9]}
    with pytest.raises(
        BadInput, match=r"genome\.fa: .* windows of 40 letters can be used in \w+, .* give pairs=\d+ or"
    ) as caught:
        windows_of(DnaLadderRecipe(pairs=8000, **recipe))
    most = int(str(caught.value).split("pairs=")[1].split()[0])
    assert most >= 4 * (1500 // 4 - 100) // 4
    windows_of(DnaLadderRecipe(pairs=most, **recipe))
    with pytest.raises(BadInput, match=r"no window of 40 letters A, C, G and T"):
        windows_of(DnaLadderRecipe(genome=write(tmp_path, "ACGTN" * 100)))


def test_coding_windows_of_a_genome_hold_no_stop(tmp_path: Path) -> None:
    recipe = DnaLadderRecipe(
        genome=write(tmp_path, letters(80_000, 7)), synonymous=True, lengths=[30], levels=[0.5], pairs=400
    )
    _, taken, journal = windows_of(recipe)
    texts = [text for windows in taken for text in texts_of(windows.codes)]
    assert not any("*" in str(Seq(text).translate()) for text in texts)
    assert (
        200 < journal.counts["windows with a stop or too few synonyms, left out"] < journal.counts["windows compared"]
    )


def test_real_windows_share_no_word_with_each_other() -> None:
    file = Path(__file__).resolve().parents[4] / "shared/data/genomes/salmonella_lt2.fna.gz"
    if not file.exists():
        pytest.skip("needs ../shared/data/genomes, which a clone does not have")
    source, taken, _ = windows_of(DnaLadderRecipe(genome=str(file), lengths=[50], pairs=200))
    sequences = dict(zip(read_genome(file).names, read_genome(file).sequences, strict=True))
    words: list[str] = []
    for windows in taken:
        places = source.places(windows.numbers, 50)
        for text, record, start in zip(texts_of(windows.codes), places["record"], places["start"], strict=True):
            assert sequences[record][start : start + 50] == text
            words += [min(word, reverse_complement(word)) for word in kmers(text, WORD)]
    assert len(words) == len(set(words)) == 8 * 100 * 31
