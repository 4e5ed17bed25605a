"""Reads the features of GenBank records: locations, partials, pseudogenes, and all that a CDS states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from Bio.SeqFeature import ExactPosition, SeqFeature
from Bio.SeqRecord import SeqRecord

from exapt.builders.annotation import CDS, GENE, Coding, Feature, Part, kind_of, within
from exapt.builders.annotation_coding import (
    NOT_WITHIN,
    OTHER_RECORD,
    UNCLEAR_ORDER,
    UNREADABLE,
    Codes,
    is_set,
    read_coding,
)
from exapt.builders.genomes import letters_of


def read_features(records: list[SeqRecord], codes: Codes) -> tuple[list[Feature], frozenset[str], Counter[str]]:
    """The features of the records, the names of the circular ones, and counts of what was left out.

    Args:
        records: Parsed by Biopython, with their sequences.
        codes: Which genetic code applies where none is stated.
    """
    features: list[Feature] = []
    counts: Counter[str] = Counter()
    circular = frozenset(str(r.id) for r in records if str(r.annotations.get("topology", "")).lower() == "circular")
    for record in records:
        length = len(letters_of(record))
        sources = [f.qualifiers.get("organelle", [""])[0] for f in record.features if f.type == "source"]
        mitochondrial = codes.is_mitochondrial(str(record.id), " ".join(sources))
        # what is pseudo for the gene is so for its CDS, whose own qualifier is sometimes forgotten
        pseudogenes = {_gene(f) for f in record.features if kind_of(f.type)[0] == GENE and _is_pseudo(f)} - {""}
        for found in record.features:
            kind, pseudo = kind_of(found.type)
            if kind is None:
                counts[f"{found.type} features, not read"] += 1
                continue
            parts, fault = _parts(found, length, str(record.id) in circular)
            if kind != CDS and (fault or not parts):
                counts[f"{kind} features with a location that cannot be read, left out"] += 1
                continue
            gene = _gene(found)
            partial5, partial3 = _partial(found)
            coding = _coding(found, str(record.id), codes, mitochondrial, fault) if kind == CDS else None
            names = [_first(found.qualifiers, key) for key in ("protein_id", "transcript_id")]
            place = f"{kind} at {record.id}:{parts[0].start + 1}" if parts else f"{kind} of {record.id}"
            features.append(Feature(
                kind=kind, record=str(record.id), parts=parts, gene=gene,
                name=next((n for n in [*names, gene] if n), place),
                symbol=_first(found.qualifiers, "gene"), partial5=partial5, partial3=partial3,
                pseudo=pseudo or _is_pseudo(found) or gene in pseudogenes, coding=coding,
            ))  # fmt: skip
    return features, circular, counts


def _first(qualifiers: Mapping[str, list[str]], key: str) -> str:
    return str(qualifiers.get(key, [""])[0])


def _gene(feature: SeqFeature) -> str:
    return _first(feature.qualifiers, "locus_tag") or _first(feature.qualifiers, "gene")


def _is_pseudo(feature: SeqFeature) -> bool:
    return "pseudo" in feature.qualifiers or "pseudogene" in feature.qualifiers or feature.type.startswith("pseudo")


def _parts(feature: SeqFeature, length: int, circular: bool) -> tuple[tuple[Part, ...], str]:
    """Its parts in reading order, and why it has none."""
    location = feature.location
    if location is None:
        return (), UNREADABLE
    parts: list[Part] = []
    for part in location.parts:  # Biopython gives them in reading order already
        if part.ref is not None:
            return (), OTHER_RECORD
        inside = within(int(part.start), int(part.end), part.strand or 0, length, circular)
        if not inside:
            return (), NOT_WITHIN
        parts += inside
    return tuple(parts), UNCLEAR_ORDER if getattr(location, "operator", "join") != "join" else ""


def _partial(feature: SeqFeature) -> tuple[bool, bool]:
    """Whether its beginning and its end, in reading direction, are given as < or > (or as a range)."""
    parts = feature.location.parts if feature.location is not None else []
    if not parts:
        return False, False
    first, last = parts[0], parts[-1]
    begin = first.end if first.strand == -1 else first.start
    end = last.start if last.strand == -1 else last.end
    return not isinstance(begin, ExactPosition), not isinstance(end, ExactPosition)


def _coding(feature: SeqFeature, record: str, codes: Codes, mitochondrial: bool, fault: str) -> Coding:
    given = feature.qualifiers
    start = _first(given, "codon_start") or "1"
    if start not in ("1", "2", "3"):
        fault, start = fault or "codon_start is not 1, 2 or 3", "1"
    return read_coding(
        record=record, codes=codes, mitochondrial=mitochondrial, offset=int(start) - 1, fault=fault,
        table=_first(given, "transl_table"), recodings=" ".join(given.get("transl_except", [])),
        exceptions=given.get("exception", []), stated=re.sub(r"\s", "", _first(given, "translation")),
        slippage=is_set(given.get("ribosomal_slippage")), trans_spliced=is_set(given.get("trans_splicing")),
    )  # fmt: skip
