"""`gene_location`: labels seen by eye, and against a mask made letter by letter; splits that stay apart; E. coli."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from Bio import SeqIO
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.builders.gene_location import GeneLocationRecipe
from exapt.errors import BadInput
from exapt.sequences import kmers, reverse_complement
from tests.unit.builders.annotated_text import genbank
from tests.unit.builders.conftest import timeless
from tests.unit.builders.windows_text import built, random_dna, spans, write_gff

ALL: dict[str, Any] = {"fractions": [0.0, 0.0, 1.0], "prevalence": "natural"}


def by_hand(folder: Path, **options: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A bacterial record of 400 letters in windows of 20; counted from 0 the genes are these."""
    text = genbank(random_dna(400), [
        ("gene", "41..100", {"locus_tag": "a"}), ("CDS", "41..100", {"locus_tag": "a"}),
        ("gene", "complement(131..190)", {"locus_tag": "b"}), ("CDS", "complement(131..190)", {"locus_tag": "b"}),
        ("gene", "221..260", {"locus_tag": "r"}), ("tRNA", "221..260", {"locus_tag": "r"}),
        ("gene", "281..320", {"locus_tag": "p", "pseudo": None}),
        ("CDS", "281..320", {"locus_tag": "p", "pseudo": None}),
        ("gene", "341..360", {"locus_tag": "u"}),
    ])  # fmt: skip
    file = folder / "genome.gb"
    file.write_text(text)
    return built(GeneLocationRecipe(genome=str(file), length=20, **{**ALL, **options}))


def test_every_label_by_eye(tmp_path: Path) -> None:
    rows, manifest = by_hand(tmp_path)
    # b covers 130 to 190: of the grid only 140 to 180 is wholly inside
    assert spans(rows, "coding") == [(40, 60), (60, 80), (80, 100), (140, 160), (160, 180)]
    assert spans(rows, "noncoding") == [
        (0, 20), (20, 40), (100, 120), (200, 220), (260, 280), (320, 340), (360, 380), (380, 400),
    ]  # fmt: skip
    assert set(rows.loc[rows["label"] == "noncoding", "kind"]) == {"intergenic"}
    counts = manifest["counts"]
    assert counts["windows"] == 20
    assert counts["windows of more than one kind, left out"] == 2  # 120 and 180
    assert counts["windows of another kind, left out: rna"] == 2
    assert counts["windows of another kind, left out: pseudogene"] == 2
    assert counts["windows of another kind, left out: in a gene, whether coding is not said"] == 1
    assert counts["letters: coding"] == 120
    assert counts["letters: intergenic"] == 400 - 120 - 40 - 40 - 20
    assert "coding 5 windows (38.5%; 5 coding) of 20 letters, 2 loci" in manifest["notes"][2]
    assert manifest["notes"][-1].startswith("between splits (dna): ")


def test_rna_genes_count_as_noncoding_if_asked(tmp_path: Path) -> None:
    rows, _ = by_hand(tmp_path, noncoding=["rna", "intergenic"])
    assert rows.loc[rows["kind"] == "rna", "start"].tolist() == [220, 240]
    assert set(rows.loc[rows["kind"] == "rna", "label"]) == {"noncoding"}
    only, _ = by_hand(tmp_path, noncoding=["rna"])
    assert spans(only, "noncoding") == [(220, 240), (240, 260)]


def test_groups_are_genes_and_stretches_between_them(tmp_path: Path) -> None:
    rows, _ = by_hand(tmp_path)
    groups = dict(zip(rows["start"], rows["group"], strict=True))
    assert groups[40] == groups[80] == "REC.1:41"
    assert groups[140] == groups[160] == "REC.1:131"
    assert groups[0] == groups[20] == "REC.1:1"
    assert groups[100] == "REC.1:101"
    assert groups[360] == groups[380] == "REC.1:361"


def test_windows_come_on_both_strands_whatever_the_label(tmp_path: Path) -> None:
    rows, _ = by_hand(tmp_path, stride=1)
    sequence = random_dna(400)
    for row in rows.itertuples():
        forward = sequence[row.start : row.end]
        assert row.left == (reverse_complement(forward) if row.strand == "-" else forward)
        assert row.gc == pytest.approx(sum(letter in "GC" for letter in forward) / 20)
    shares = (rows["strand"] == "-").groupby(rows["label"]).mean()
    assert shares.between(0.3, 0.7).all(), shares
    assert rows["id"].is_unique
    assert rows["right"].isna().all()


def test_a_gene_in_parts_leaves_its_intron_to_untranslated(tmp_path: Path) -> None:
    gff = write_gff(tmp_path, {"c": random_dna(300)}, [
        "c gene 41 240 - ID=g", "c mRNA 41 240 - ID=t;Parent=g",
        "c exon 41 120 - Parent=t", "c exon 181 240 - Parent=t",
        "c CDS 61 120 - ID=d;Parent=t", "c CDS 181 240 - ID=d;Parent=t",
    ])  # fmt: skip
    options: dict[str, Any] = {"genome": gff[0], "features": gff[1], "length": 20, **ALL}
    rows, _ = built(GeneLocationRecipe(noncoding=["untranslated"], **options))
    assert spans(rows, "coding") == [(60, 80), (80, 100), (100, 120), (180, 200), (200, 220), (220, 240)]
    assert spans(rows, "noncoding") == [(40, 60), (120, 140), (140, 160), (160, 180)]
    assert rows["group"].nunique() == 1


def test_a_transcript_without_exon_rows_has_its_introns_all_the_same(tmp_path: Path) -> None:
    gff = write_gff(tmp_path, {"c": random_dna(300)}, [
        "c gene 41 240 + ID=g", "c mRNA 41 240 + ID=t;Parent=g",
        "c CDS 61 120 + ID=d;Parent=t", "c CDS 181 240 + ID=d;Parent=t",
    ])  # fmt: skip
    rows, manifest = built(GeneLocationRecipe(
        genome=gff[0], features=gff[1], length=20, noncoding=["untranslated"], **ALL
    ))  # fmt: skip
    assert spans(rows, "noncoding") == [(120, 140), (140, 160), (160, 180)]
    # 41 to 60 belongs to the gene, but the file does not say to what of it
    assert manifest["counts"]["windows of another kind, left out: in a gene, whether coding is not said"] == 1


PLACES = st.tuples(st.integers(0, 380), st.integers(1, 90), st.sampled_from("+-"))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["CDS", "tRNA", "pseudogene"]), PLACES), min_size=1, max_size=6), st.data())
def test_labels_agree_with_a_mask_made_letter_by_letter(
    genes: list[tuple[str, tuple[int, int, str]]], data: st.DataObject
) -> None:
    length, stride = data.draw(st.integers(20, 40)), data.draw(st.integers(5, 40))
    sequence = list(random_dna(400))
    for place in data.draw(st.lists(st.integers(0, 399), max_size=3)):
        sequence[place] = "N"
    kinds: list[set[str]] = [set() for _ in sequence]
    features: list[tuple[str, str, dict[str, str | None]]] = []
    for number, (kind, (start, size, strand)) in enumerate(genes):
        end = min(start + size, 400)
        location = f"{start + 1}..{end}" if strand == "+" else f"complement({start + 1}..{end})"
        tags: dict[str, str | None] = {"locus_tag": f"g{number}"}
        if kind == "pseudogene":
            features.append(("gene", location, {**tags, "pseudo": None}))
        else:
            features += [("gene", location, tags), (kind, location, tags)]
        for place in range(start, end):
            kinds[place].add(kind)
    # what a letter is, by the rule: a CDS goes before a pseudogene, that before an RNA
    letters = [next((k for k in ("CDS", "pseudogene", "tRNA") if k in held), "between") for held in kinds]
    label = {"CDS": "coding", "tRNA": "noncoding", "between": "noncoding"}
    expected = {}
    for start in range(0, 400 - length + 1, stride):
        inside = set(letters[start : start + length])
        if len(inside) == 1 and "N" not in sequence[start : start + length] and inside <= set(label):
            expected[start] = label[inside.pop()]
    options: dict[str, Any] = {"length": length, "stride": stride, "noncoding": ["intergenic", "rna"], **ALL}
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(GeneLocationRecipe, "expects", lambda self, number: False)  # a class may well be empty here
        file = Path(folder, "genome.gb")
        file.write_text(genbank("".join(sequence), features))
        rows, manifest = built(GeneLocationRecipe(genome=str(file), **options))
    assert dict(zip(rows["start"], rows["label"], strict=True)) == expected
    counts = manifest["counts"]
    left_out = sum(n for name, n in counts.items() if name.startswith("windows ") and "left out" in name)
    assert counts["windows"] == len(rows) + left_out


def test_splits_stay_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    copied = random_dna(600, 9)
    records, lines = {}, []
    for name in "ab":
        sequence = list(random_dna(60_000, ord(name)))
        for start in range(500, 58_000, 1_400):
            end = start + int(rng.integers(300, 900))
            lines.append(f"{name} gene {start + 1} {end} + ID={name}{start}")
            lines.append(f"{name} CDS {start + 1} {end} + ID=c{name}{start};Parent={name}{start}")
            if rng.random() < 0.3:  # a gene that stands in many places
                sequence[start : start + 600] = copied
        records[name] = "".join(sequence)
    gff = write_gff(tmp_path, records, lines)
    recipe = GeneLocationRecipe(
        genome=gff[0], features=gff[1], length=50, block=4_000, margin=300, fractions=[0.5, 0.25, 0.25],
        prevalence="natural",
    )  # fmt: skip
    rows, manifest = built(recipe)
    assert set(rows["split"]) == {"train", "dev", "test"}
    for key in ("group", "block"):
        assert (rows.groupby(key)["split"].nunique() == 1).all()
    seen = {
        split: {min(w, reverse_complement(w)) for left in part["left"] for w in kmers(left, 31)}
        for split, part in rows.groupby("split")
    }
    assert not (seen["train"] & seen["test"] or seen["train"] & seen["dev"] or seen["dev"] & seen["test"])
    assert manifest["counts"]["windows that share 31 letters with a window of another split, left out"] > 50
    assert manifest["counts"]["windows within the margin of another split, left out"] > 50
    for _, part in rows.groupby("record"):
        starts, ends, split = (part[c].to_numpy() for c in ("start", "end", "split"))
        other = split[1:] != split[:-1]
        assert other.any()
        assert (starts[1:] - ends[:-1])[other].min() >= 300
    # without the margin they are nearer, so it is the margin that does it
    close, _ = built(GeneLocationRecipe(
        genome=gff[0], features=gff[1], length=50, block=4_000, margin=0, fractions=[0.5, 0.25, 0.25],
        prevalence="natural",
    ))  # fmt: skip
    gaps = [int(b.start - a.end) for a, b in zip(close.itertuples(), list(close.itertuples())[1:], strict=False)
            if a.record == b.record and a.split != b.split]  # fmt: skip
    assert min(gaps) < 300


def two_classes(folder: Path) -> tuple[str, str]:
    """Genes rich in GC (some poor), and poor stretches (some rich) between them."""
    sequence, lines = "", []
    for number in range(60):
        gene = random_dna(500, number, 0.4 if number % 5 == 0 else 0.65)
        lines.append(f"c gene {len(sequence) + 1} {len(sequence) + 500} + ID=g{number}")
        lines.append(f"c CDS {len(sequence) + 1} {len(sequence) + 500} + ID=d{number};Parent=g{number}")
        sequence += gene + random_dna(300, 1_000 + number, 0.65 if number % 5 == 1 else 0.4)
    return write_gff(folder, {"c": sequence}, lines)


def test_balanced_and_matched(tmp_path: Path) -> None:
    gff = two_classes(tmp_path)
    options: dict[str, Any] = {"genome": gff[0], "features": gff[1], "length": 50, "fractions": [0.0, 0.0, 1.0]}
    natural, _ = built(GeneLocationRecipe(prevalence="natural", **options))
    balanced, manifest = built(GeneLocationRecipe(**options))
    matched, told = built(GeneLocationRecipe(match="gc", **options))
    sizes = natural["label"].value_counts()
    assert sizes["coding"] > sizes["noncoding"]
    assert balanced["label"].value_counts().tolist() == [sizes["noncoding"]] * 2
    assert len(natural) - len(balanced) == manifest["counts"]["windows of the larger class, left out to balance"]
    assert set(balanced["id"]) < set(natural["id"])
    for rows in (balanced, matched):
        gc = rows.groupby("label")["gc"]
        apart = abs(gc.mean()["coding"] - gc.mean()["noncoding"])
        assert apart < 0.01 if rows is matched else apart > 0.1
    bins = (matched["gc"] * 50).round(6).astype(int)
    per_bin = matched.groupby([bins, "label"]).size().unstack(fill_value=0)
    assert (per_bin["coding"] == per_bin["noncoding"]).all()
    # and no pair was given away: in each bin the smaller class is whole
    all_bins = natural.groupby([(natural["gc"] * 50).round(6).astype(int), "label"]).size().unstack(fill_value=0)
    assert len(matched) == 2 * all_bins.min(axis=1).sum()
    assert len(natural) - len(matched) == told["counts"]["windows without a partner of equal GC, left out"]


def test_equal_settings_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    gff = two_classes(tmp_path)
    options: dict[str, Any] = {"genome": gff[0], "features": gff[1], "length": 50, "block": 2_000, "margin": 0}
    first, again, other = (built(GeneLocationRecipe(seed=seed, **options))[1] for seed in (4, 4, 5))
    assert first["files"] == again["files"]
    assert first["files"] != other["files"]
    assert timeless(first) == timeless(again)
    assert str(tmp_path) not in json.dumps(first)


def test_records_as_splits(tmp_path: Path) -> None:
    records = {name: random_dna(2_000, ord(name)) for name in "abcd"}
    gff = write_gff(tmp_path, records, [
        line for name in records
        for line in (f"{name} gene 501 1500 + ID=g{name}", f"{name} CDS 501 1500 + ID=d{name};Parent=g{name}")
    ])  # fmt: skip
    options: dict[str, Any] = {"genome": gff[0], "features": gff[1], "split": "chromosome"}
    rows, _ = built(GeneLocationRecipe(dev=["c"], test=["a"], **options))
    assert dict(zip(rows["record"], rows["split"], strict=True)) == {
        "a": "test",
        "b": "train",
        "c": "dev",
        "d": "train",
    }
    with pytest.raises(BadInput, match=r"genome\.fa: has no record 'x'\. There is: a, b, c, d"):
        built(GeneLocationRecipe(test=["x"], **options))
    with pytest.raises(BadInput, match="no windows of class 'coding' for dev; give a smaller block="):
        built(GeneLocationRecipe(fractions=[0.999, 0.001, 0.0], **options))


def test_the_features_of_another_genome_are_not_taken(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no genome file; give genome="):
        GeneLocationRecipe().inputs()
    recipe = GeneLocationRecipe(genome="own.gb", data_dir=str(tmp_path))
    assert recipe.inputs() == {"genome": [Path("own.gb")]}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"length": 19}, "length=19: a window needs at least 20"), ({"stride": 0}, "stride=0: must be 1 or more"),
        ({"block": 999}, "block=999: must be at least 1000"), ({"margin": -1}, "margin=-1: must be 0 or more"),
        ({"noncoding": []}, "name at least one of intergenic"), ({"dev": ["I"]}, "only with split=chromosome"),
        ({"split": "chromosome", "dev": ["I"], "test": ["I"]}, "record 'I' is in dev too"),
        ({"match": "gc", "prevalence": "natural"}, "makes the classes equal"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(given_: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        GeneLocationRecipe(**given_)


@pytest.mark.slow
def test_ecoli(data_dir: Path) -> None:
    file = data_dir / "genomes" / "ecoli_k12_mg1655.gbff.gz"
    if not file.exists():
        pytest.skip(f"{file} is absent")
    with gzip.open(file, "rt") as stream:
        record = SeqIO.read(stream, "genbank")
    recipe = GeneLocationRecipe(genome=str(file), prevalence="natural", noncoding=["intergenic", "rna"], stride=300)
    rows, manifest = built(recipe)  # each third window: the search for leaks among all takes half a minute
    assert len(rows) > 5_000
    assert (rows.groupby("split")["label"].nunique() == 2).all()
    assert rows["split"].nunique() == 3
    # Biopython's own reading of the same places
    coding = np.zeros(len(record), bool)
    gene = np.zeros(len(record), bool)
    for feature in record.features:
        if feature.type in ("gene", "CDS", "tRNA", "rRNA", "ncRNA", "tmRNA"):
            for part in feature.location.parts:
                gene[int(part.start) : int(part.end)] = True
                if feature.type == "CDS" and "pseudo" not in feature.qualifiers:
                    coding[int(part.start) : int(part.end)] = True
    for kind, mask, all_of in (("coding", coding, True), ("intergenic", gene, False), ("rna", gene & ~coding, True)):
        part = rows[rows["kind"] == kind]
        assert len(part) > 50
        assert all((mask[s:e] == all_of).all() for s, e in zip(part["start"], part["end"], strict=True)), kind
    sequence = str(record.seq)
    for row in rows.iloc[::97].itertuples():
        forward = sequence[row.start : row.end]
        assert row.left == (forward if row.strand == "+" else reverse_complement(forward))
    assert manifest["counts"]["letters: coding"] == coding.sum()
