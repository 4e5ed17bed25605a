"""What three kinds of negatives give away on real genomes cut short: what is promised of them, and what is not."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from Bio import SeqIO

from exapt.audit.crossfit import panel_of
from exapt.audit.duplicates import dependent_groups
from exapt.audit.families import families_of
from exapt.audit.repeated import sides_under_both_labels
from exapt.audit.shortcuts import THRESHOLD, shortcut_findings
from exapt.audit.view import View, view_of
from exapt.builders.genomes import read_genome
from exapt.builders.negatives import KINDS, Negatives
from exapt.features.overlap import kmer_overlap
from exapt.findings import Finding
from exapt.tasks.coding_pair import CodingPair
from exapt.tasks.dna_pair import DnaPair
from tests.unit.audit.small_views import real

LETTERS = 400_000  # both genomes begin at one place, and go on alike
WHOLE = [1.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def genomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The beginnings of E. coli, with its genes, and of Salmonella."""
    data = Path(real("genomes/ecoli_k12_mg1655.gbff.gz"), "genomes")
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    folder = tmp_path_factory.mktemp("genomes")
    query, against = folder / "query.gbk", folder / "against.fa"
    with gzip.open(data / "ecoli_k12_mg1655.gbff.gz", "rt") as stream:
        record = next(SeqIO.parse(stream, "genbank"))
    cut = record[:LETTERS]
    cut.annotations = {"molecule_type": "DNA"}
    SeqIO.write([cut], query, "genbank")
    other = read_genome(data / "salmonella_lt2.fna.gz").sequences[0]
    against.write_text(f">salmonella\n{other[: LETTERS + LETTERS // 10]}\n")
    return query, against


def told(view: View, wanted: Collection[str]) -> dict[str, Finding]:
    """What each of some families tells, with its bound."""
    families = [family for family in families_of(view) if family.name in wanted]
    return {f.check: f for f in shortcut_findings(panel_of(view, families, dependent_groups(view)))}


def pairs(genomes: tuple[Path, Path], negatives: Negatives) -> View:
    task = DnaPair(
        query=str(genomes[0]), against=str(genomes[1]), positives=800, negatives=negatives, split="locus",
        fractions=WHOLE,
    )  # fmt: skip
    return view_of(task)


def coding(genomes: tuple[Path, Path], negatives: Negatives) -> View:
    task = CodingPair(genome=str(genomes[0]), positives=1000, negatives=negatives, split="gene", fractions=WHOLE)
    return view_of(task)


# by family: what it says at least where it must tell; None where it must say nothing; others may do either: not asked
EXPECTED: dict[str, tuple[Callable[[tuple[Path, Path], Negatives], View], dict[str, float | None]]] = {
    "scrambled": (pairs, {
        "left only": None, "right only": None, "lengths": None, "characters present": None, "composition": None,
        "start codon": None, "edit": 0.97, "alignment": 0.97, "translation": 0.7,
    }),
    "composition_matched": (pairs, {
        "left only": None, "lengths": None, "characters present": None, "composition": None, "k-mer overlap": 0.8,
        "edit": 0.97, "alignment": 0.97, "translation": 0.7,
    }),
    "frameshifted": (coding, {
        "right only": None, "lengths": None, "characters present": None, "start codon": 0.9, "translation": 0.97,
    }),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", EXPECTED)
def test_a_kind_of_negatives_gives_away_what_it_should_and_no_more(genomes: tuple[Path, Path], kind: str) -> None:
    make, expected = EXPECTED[kind]
    view = make(genomes, KINDS[kind]())
    found = told(view, expected)
    assert len(view) > 1200 and 0.45 < view.positive.mean() < 0.55
    for family, least in expected.items():
        value, low = found[family].value, found[family].low
        assert value is not None and low is not None, family
        if least is None:
            assert low <= THRESHOLD and abs(value - 0.5) < 0.05, (family, value, low)
        else:
            assert low > THRESHOLD and value >= least, (family, value, low)
    if make is pairs:  # the promise of both: no count of neighbouring letters tells
        jaccard = kmer_overlap(view.texts("left"), view.texts("right"), (2,))[:, 0]
        assert jaccard[view.positive].mean() == pytest.approx(jaccard[~view.positive].mean(), abs=1e-9)
    even = sides_under_both_labels(view).value
    assert (even == 0) == KINDS[kind].one_side or kind != "scrambled"
