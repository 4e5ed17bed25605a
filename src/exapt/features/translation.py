"""What the six reading frames of a DNA sequence have in common with a protein, or with the frames of another DNA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from exapt.features.alignment import common_runs
from exapt.features.arrays import blocks, columns, sizes
from exapt.sequences import DNA, PROTEIN, genetic_code, reverse_complement

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

FRAMES = ("+1", "+2", "+3", "-1", "-2", "-3")  # strand, and the letter (from 1) at which the first codon begins
LIMIT, RESIDUES = 3000, 1000  # letters of DNA and of a protein that are looked at, from the beginning
SHARED = 3  # residues of a k-mer
_COLUMNS = 256  # pairs looked at together
_STOP, _UNKNOWN, _FRAME_END, _OTHER, _PROTEIN_END = range(20, 25)  # after the residues; those of a frame equal none


@dataclass(frozen=True)
class Agreement:
    """What each frame has in common with a protein; residues of whole codons by the standard genetic code.

    Attributes:
        longest: Length of the longest run of residues that both have, shape (n, 6).
        opens: How many of the protein's first residues end the frame: the DNA stops inside the coding region.
        begins: How many of the protein's first residues begin the frame.
        closes: How many of the protein's last residues begin the frame: the DNA begins inside the coding region.
        shared: Share of the protein's 3-mers that the frame holds, 0 to 1.
    """

    longest: Ints
    opens: Ints
    begins: Ints
    closes: Ints
    shared: npt.NDArray[np.float64]

    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """All of it and the best frame's of each strand, shape (n, 40)."""
        found = []
        for part in fields(self):
            by_frame = getattr(self, part.name)
            found += [by_frame, by_frame[:, :3].max(axis=1, keepdims=True), by_frame[:, 3:].max(axis=1, keepdims=True)]
        return np.concatenate(found, axis=1).astype(np.float64)


def agreement(dna: Sequence[str], protein: Sequence[str]) -> Agreement:
    """Compare proteins with the six frames of DNA sequences.

    Case is not looked at; U is read as T. A codon with another letter agrees with nothing, nor does a stop. Only the
    first 3,000 letters of the DNA and the first 1,000 residues are looked at.

    Args:
        dna: n sequences.
        protein: n sequences, without a stop at the end.
    """
    shape = len(dna), len(FRAMES)
    longest, opens, begins, closes = np.zeros((4, *shape), dtype=np.int64)
    found = Agreement(longest, opens, begins, closes, shared=np.zeros(shape))
    for rows in blocks(dna, protein, rows=_COLUMNS):
        residues, length = _residues(protein[rows])
        for frame, (read, codons) in enumerate(_frames(dna[rows])):
            # both stand on the ground, so that the last row is the last residue of each
            best, along_read, along_protein = common_runs(_grounded(read, codons), _grounded(residues, length))
            found.longest[rows, frame] = best
            found.opens[rows, frame] = _from_the_first(along_protein, length)
            found.closes[rows, frame] = _from_the_first(along_read, codons)
            found.begins[rows, frame] = _common_prefix(read, residues)
            found.shared[rows, frame] = _shared(read, residues)
    return found


def frames_alike(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float64]:
    """How alike two DNA sequences are when both are read in the same frame, residue by residue.

    Letters as in `agreement`; stops and codons with other letters agree with nothing.

    Returns:
        Shape (n, 18). For each of the six frames: the longest common run of residues, over the fewer codons; the
        share of the second's 3-mers that the first holds; the share of places with equal residues, of the fewer codons.
    """
    found = np.zeros((len(left), len(FRAMES), 3))
    for rows in blocks(left, right, rows=_COLUMNS):
        both = zip(_frames(left[rows]), _frames(right[rows]), strict=True)
        for frame, ((one, codons), (other, others)) in enumerate(both):
            other = np.where(other < len(PROTEIN), other, _OTHER).astype(np.uint8)
            fewer = np.maximum(np.minimum(codons, others), 1)
            found[rows, frame, 0] = common_runs(one, other)[0] / fewer
            found[rows, frame, 1] = _shared(one, other)
            height = min(len(one), len(other))
            found[rows, frame, 2] = (one[:height] == other[:height]).sum(axis=0) / fewer
    return found.reshape(len(left), 3 * len(FRAMES))


def _frames(dna: Sequence[str]) -> Iterator[tuple[Bytes, Ints]]:
    """The residues of each frame as columns, and the number of codons of each."""
    forward = [text[:LIMIT].upper().replace("U", "T") for text in dna]
    for strand in (forward, [reverse_complement(text) for text in forward]):
        size = sizes(strand)
        letters = _numbers(DNA, 4)[np.minimum(columns(strand, LIMIT, 0), 255)]
        letters = np.concatenate([letters, np.full((3, len(strand)), 4, dtype=np.uint8)])
        for start in range(3):
            codons = np.maximum(size - start, 0) // 3
            end = start + 3 * int(codons.max(initial=0))
            first, second, third = (letters[start + i : end + i : 3] for i in range(3))
            read = _TABLE[25 * first + 5 * second + third]
            read[np.arange(len(read))[:, None] >= codons] = _FRAME_END
            yield read, codons


def _residues(protein: Sequence[str]) -> tuple[Bytes, Ints]:
    """Proteins as columns, and their lengths."""
    cut = [text[:RESIDUES].upper() for text in protein]
    points = columns(cut, RESIDUES, 0)
    length = sizes(cut)
    found = _numbers(PROTEIN, _OTHER)[np.minimum(points, 255)]
    found[np.arange(len(found))[:, None] >= length] = _PROTEIN_END
    return found, length


def _grounded(read: Bytes, length: Ints) -> Bytes:
    """The columns moved down, so that the last letter of each stands in the last row."""
    place = np.arange(len(read))[:, None] - (len(read) - length)
    # what stood below a column comes to stand above it
    return np.take_along_axis(read, np.where(place < 0, place + len(read), place), axis=0)


def _from_the_first(along: npt.NDArray[np.unsignedinteger], length: Ints) -> Ints:
    """The longest of some common runs that begin with the first letter of a grounded column."""
    reached = np.arange(len(along))[:, None] - (len(along) - length) + 1
    found: Ints = np.where(along == reached, along, 0).max(axis=0, initial=0).astype(np.int64)
    return found


def _common_prefix(read: Bytes, residues: Bytes) -> Ints:
    height = min(len(read), len(residues))
    same = np.concatenate([read[:height] == residues[:height], np.zeros((1, read.shape[1]), dtype=bool)])
    found: Ints = same.argmin(axis=0)
    return found


def _shared(read: Bytes, residues: Bytes) -> npt.NDArray[np.float64]:
    """The share of the second's 3-mers, each place counted, that stand in the first."""
    kinds, pairs = len(PROTEIN) ** SHARED, read.shape[1]
    held = np.zeros(kinds * pairs, dtype=bool)
    code, whole = _trimers(read)
    held[code[whole]] = True
    code, whole = _trimers(residues)
    there = (held[np.where(whole, code, 0)] & whole).sum(axis=0)
    found: npt.NDArray[np.float64] = there / np.maximum(whole.sum(axis=0), 1)
    return found


def _trimers(read: Bytes) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The number of the 3-mer at each place, different between columns; and whether it is made of residues alone."""
    n = max(0, len(read) - SHARED + 1)
    code = np.broadcast_to(np.arange(read.shape[1], dtype=np.int64), (n, read.shape[1]))
    whole = np.ones(code.shape, dtype=bool)
    for offset in range(SHARED):
        code = code * len(PROTEIN) + read[offset : offset + n]
        whole &= read[offset : offset + n] < len(PROTEIN)
    return code, whole


def _numbers(alphabet: str, other: int) -> Bytes:
    """The number of each character below 256: its place in the alphabet, or `other`."""
    found = np.full(256, other, dtype=np.uint8)
    for number, letter in enumerate(alphabet):
        found[ord(letter)] = number
    return found


def _table() -> Bytes:
    """The residue of each codon of A, C, G, T and other, by 25 * first + 5 * second + third."""
    found = np.full(125, _UNKNOWN, dtype=np.uint8)
    for codon, residue in genetic_code(1).residues.items():
        first, second, third = map(DNA.index, codon)
        found[25 * first + 5 * second + third] = PROTEIN.find(residue) if residue != "*" else _STOP
    return found


_TABLE = _table()
