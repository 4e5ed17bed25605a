"""Translation of coding windows, and whether a window codes for a protein."""

from __future__ import annotations

from functools import lru_cache

from Bio.Data import CodonTable

from exapt.errors import BadInput


@lru_cache
def _code(table: int) -> tuple[dict[str, str], frozenset[str]]:
    """Residue of each codon ("*" for a stop), and the codons that can begin a protein."""
    try:
        code = CodonTable.unambiguous_dna_by_id[table]
    except KeyError:
        known = ", ".join(map(str, sorted(CodonTable.unambiguous_dna_by_id)))
        raise BadInput(f"coding={table}: there is no such genetic code; there is: {known}.") from None
    # some codes read a codon as residue or as stop; inside a window it is the residue
    residues = {**dict.fromkeys(code.stop_codons, "*"), **code.forward_table}
    return residues, frozenset(code.start_codons)


def codons_of(dna: str) -> list[str]:
    """The whole codons of a window in frame 0."""
    return [dna[k : k + 3] for k in range(0, len(dna) - 2, 3)]


def translate(dna: str, table: int) -> str:
    """Translate frame 0 of a window (upper case).

    Args:
        dna: The window; letters after its last whole codon say nothing.
        table: Number of the genetic code (NCBI).

    Returns:
        One residue a codon: "*" for a stop, "X" for a codon with a letter other than A, C, G, T.

    Raises:
        BadInput: If there is no such genetic code.
    """
    residues = _code(table)[0]
    return "".join([residues.get(codon, "X") for codon in codons_of(dna)])


def codes_for(dna: str, protein: str, table: int) -> bool:
    """Whether a protein is the translation of a window in frame 0; a first codon that can be a start may be M."""
    made = translate(dna, table)
    if made[1:] != protein[1:]:
        return False
    return made[:1] == protein[:1] or (protein[:1] == "M" and dna[:3] in _code(table)[1])
