"""Reads an annotated genome: GenBank, FASTA with GFF3, or GFF3 with its own FASTA; gzipped or not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from exapt.builders import annotation_genbank, annotation_gff
from exapt.builders.annotation import CDS, Annotated
from exapt.builders.annotation_coding import Codes
from exapt.builders.genomes import (
    fasta_records,
    genbank_records,
    genome_of,
    letters_of,
    read_bytes,
    read_genome,
    text_of,
)
from exapt.builders.gff import read_rows
from exapt.errors import BadInput, did_you_mean


def read_annotated(
    genome: Path, annotation: Path | None = None, *, table: int = 1, tables: Mapping[str, int] | None = None
) -> Annotated:
    """Read a genome and its features.

    Args:
        genome: GenBank, or GFF3 with a `##FASTA` section; with `annotation` FASTA (or GenBank, of which only the
            sequence is taken then). The content decides, not the name.
        annotation: GFF3 of that genome.
        table: Genetic code of CDS that state none, by NCBI's number.
        tables: The same for single records, by name; needed for a mitochondrion, whose CDS are otherwise left out.

    Returns:
        The genome with its features; what was not read is counted.

    Raises:
        BadInput: If a file is missing or faulty, holds no features, names records that the other does not have, or a
            genetic code or record is unknown.
    """
    codes = Codes(table, tables or {})
    path = annotation or genome
    data = read_bytes(path)
    text = text_of(path, data)
    start = text.lstrip()[:200]
    counts: Counter[str]
    if annotation is None and start.startswith("LOCUS"):
        parsed = genbank_records(path, text)
        held = genome_of(path, data, [(str(record.id), letters_of(record)) for record in parsed])
        features, circular, counts = annotation_genbank.read_features(parsed, codes)
    elif not start:
        raise BadInput(f"{path}: the file is empty; give an annotated genome (GenBank, or FASTA with GFF3).")
    elif start.startswith((">", "LOCUS")):
        what = "FASTA, which holds no features; give its GFF3 as features=" if start[0] == ">" else "GenBank, no GFF3"
        raise BadInput(f"{path}: is {what}.")
    elif "\t" not in text and not start.startswith("##gff-version"):
        raise BadInput(f"{path}: neither GenBank (begins with 'LOCUS') nor GFF3 (nine columns).")
    else:
        gff = read_rows(path, text)
        if annotation is not None:
            held = read_genome(genome)
        elif gff.fasta:
            held = genome_of(path, data, fasta_records(path, gff.fasta))
        else:
            raise BadInput(f"{path}: has no ##FASTA section; give the genome's FASTA, and this file as features=.")
        strange = next((row for row in gff.rows if row.record not in held.names), None)
        if strange is not None and all(row.record not in held.names for row in gff.rows):
            hint = did_you_mean(strange.record, held.names)
            raise BadInput(f"{path}: line {strange.line}: {held.file} has no record '{strange.record}'.{hint}")
        lengths = dict(zip(held.names, map(len, held.sequences), strict=True))
        features, circular, counts = annotation_gff.read_features(gff, lengths, codes)
        counts += gff.counts
    for name in codes.records:
        if name not in held.names:
            raise BadInput(f"tables: {held.file} has no record '{name}'.{did_you_mean(name, held.names)}")
    if not features:
        raise BadInput(f"{path}: holds no genes or other features that can be read; give an annotated genome.")
    counts["features"] = len(features)
    counts[f"{CDS} features"] = sum(feature.kind == CDS for feature in features)
    digest = hashlib.sha256(data).hexdigest()
    return Annotated(held, tuple(features), circular, path.name, digest, dict(sorted(counts.items())))
