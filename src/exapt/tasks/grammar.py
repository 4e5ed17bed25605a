"""The project's own English: a lexicon, its parts for the splits, and a grammar that makes sentences from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from exapt.tasks.task import Split

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words a grammar draws from.

    Attributes:
        names: First names.
        people: Nouns for persons, without an article.
        towns: Names of towns.
        verbs: Past and participle of verbs that one person does to another and that are not symmetric (no "met").
        handlings: Past and participle of verbs that a person does to a thing.
        things: Nouns for things, without an article.
        places: Phrases of place.
        times: Phrases of time.
        adjectives: Adjectives for persons and things.
        adverbs: Adverbs of manner.
        determiners: What stands before a person or thing; of the small words it is by far the most frequent.
        positions: Past of verbs that say how a thing is at a place.
    """

    names: tuple[str, ...]
    people: tuple[str, ...]
    towns: tuple[str, ...]
    verbs: tuple[tuple[str, str], ...]
    handlings: tuple[tuple[str, str], ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    times: tuple[str, ...]
    adjectives: tuple[str, ...]
    adverbs: tuple[str, ...]
    determiners: tuple[str, ...]
    positions: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


def _verbs(text: str) -> tuple[tuple[str, str], ...]:
    forms = (word.partition("/") for word in text.split())
    return tuple((past, participle or past) for past, _, participle in forms)


ENGLISH = Lexicon(
    names=_words(
        "Anna Ben Clara David Emma Felix Grace Henry Irene Jack Karen Louis Maria Nathan Olivia Peter Rosa Simon "
        "Teresa Victor Alice Bruno Cecil Diana Edgar Fiona George Helen Ivan Julia Keith Laura Martin Nora Oscar "
        "Paula Ralph Sarah Thomas Ursula Adam Bella Conrad Daisy Ernest Flora Gavin Hanna Isaac Judith Kevin Lydia "
        "Miles Nadia Oliver Pamela Roger Stella Tobias Vera Arthur Bertha Carlos Doris Eric Freda Gordon Hazel Jonas "
        "Linda Marcus Sandra"
    ),
    people=_words(
        "doctor pilot teacher nurse baker farmer lawyer painter singer driver tailor waiter banker plumber sailor "
        "gardener actor dancer writer judge butcher carpenter chemist clerk coach cook dentist detective diver editor "
        "engineer fisherman florist guard guide hunter janitor jeweller journalist librarian mechanic merchant miller "
        "miner minister model neighbour officer optician poet porter potter priest printer sculptor secretary senator "
        "shepherd soldier student surgeon trainer typist violinist warden weaver"
    ),
    towns=_words(
        "Leeds York Oslo Turin Lyon Porto Bergen Bristol Cardiff Cork Dover Dublin Exeter Ghent Hull Krakow Lisbon "
        "Malaga Milan Munich Nantes Oxford Prague Riga Rome Seville Siena Vienna Warsaw Zurich"
    ),
    verbs=_verbs(
        "praised thanked called visited helped followed invited warned greeted trusted hired paid blamed "
        "forgave/forgiven chose/chosen saw/seen drove/driven led taught beat/beaten caught heard found questioned "
        "advised encouraged criticised ignored welcomed amused surprised persuaded admired teased guided scolded "
        "defended supported recognised described contacted tricked comforted corrected insulted congratulated "
        "mentioned accused pardoned trained tested copied stopped pushed carried sketched escorted assisted "
        "remembered avoided annoyed respected envied obeyed drew/drawn hid/hidden interviewed rescued photographed"
    ),
    handlings=_verbs(
        "bought sold lost found painted carried broke/broken hid/hidden washed repaired stole/stolen cleaned "
        "collected opened closed borrowed returned dropped moved built burned cut described designed examined filled "
        "gave/given held kept lifted measured noticed packed polished sent threw/thrown"
    ),
    things=_words(
        "book lamp table basket bottle bicycle blanket box bucket camera candle carpet chair clock coat coin cup "
        "curtain drum engine fence flute glove hammer jacket kettle key knife ladder letter map mirror necklace "
        "needle notebook oven pencil piano picture pillow plate ring rope saddle scarf shirt shovel spoon statue "
        "suitcase sword teapot ticket tower trumpet umbrella vase violin wagon wallet wheel window"
    ),
    places=_phrases(
        "in the park, at the station, near the old bridge, in the library, behind the theatre, at the market, on the "
        "ferry, in the museum, by the river, outside the school, in the garden, at the airport, near the church, in "
        "the kitchen, on the beach, behind the stable, at the harbour, in the village, beside the fountain, in the "
        "hospital, on the train, at the bakery, under the arcade, in the courtyard, near the lighthouse, at the "
        "office, in the forest, on the platform, outside the hotel, in the cinema, at the border, by the lake, in the "
        "tower, near the quarry, at the castle, in the tent, on the terrace, behind the barn, in the lobby, at the "
        "crossroads, near the windmill, in the cellar, on the roof, at the festival, beside the canal, in the "
        "workshop, on the stairs, near the monument"
    ),
    times=_phrases(
        "in the evening, on Monday, last summer, after lunch, before noon, in the morning, on Friday, last week, at "
        "midnight, during the storm, after the concert, in winter, on Sunday, two days ago, at dawn, before the "
        "meeting, in April, after dinner, last autumn, on Tuesday, during the match, at sunset, in the afternoon, "
        "before breakfast, on Thursday, last year, after the lecture, in August, during the holidays, at noon, on "
        "Saturday, before the exam, in October, last night, after the parade, on Wednesday"
    ),
    adjectives=_words(
        "old young tall quiet clever brave busy careful cheerful clumsy famous friendly gentle honest hungry kind "
        "lazy lonely lucky modest nervous patient polite proud rich sad serious shy sleepy small strange strong "
        "stubborn tired wise bright broken cheap dark dusty elegant empty fragile heavy large light narrow new plain "
        "precious red round rusty sharp shiny simple"
    ),
    adverbs=_words(
        "quietly quickly slowly gladly politely proudly openly often rarely secretly suddenly finally calmly eagerly "
        "firmly gently gravely happily loudly patiently plainly promptly silently soon twice warmly wisely kindly "
        "briefly carefully"
    ),
    determiners=_words("the this that our every some"),
    positions=_words("stood lay rested stayed waited appeared"),
)

_LINKS = ("and", "but", "while", "because", "before", "after", "so", "although", "until", "when")


def part(split: Split, lexicon: Lexicon = ENGLISH) -> Lexicon:
    """The words that only one split may use: four of every six train, one dev, one test; no word in two of them."""
    chosen = {"train": (0, 1, 2, 3), "dev": (4,), "test": (5,)}[split]
    words = {f.name: getattr(lexicon, f.name) for f in fields(Lexicon)}
    return Lexicon(**{name: tuple(w for i, w in enumerate(all_) if i % 6 in chosen) for name, all_ in words.items()})


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """One of the choices, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def sentence(rng: np.random.Generator, letters: int, lexicon: Lexicon = ENGLISH) -> str:
    """A sentence of the grammar, lower case, without punctuation.

    Args:
        rng: Where the choices come from.
        letters: Clauses are joined until there are at least this many characters.
        lexicon: The words.
    """
    text = f"{pick(rng, (*lexicon.times, *lexicon.places))} " if rng.random() < 0.3 else ""
    text += _clause(rng, lexicon)
    while len(text) < letters:
        text += f" {pick(rng, _LINKS)} {_clause(rng, lexicon)}"
    return text.lower()


def _clause(rng: np.random.Generator, lexicon: Lexicon) -> str:
    kind = int(rng.integers(6))
    if kind == 0:
        past, _ = pick(rng, lexicon.verbs)
        core = f"{_person(rng, lexicon)} {past} {_person(rng, lexicon)}"
    elif kind == 1:
        _, participle = pick(rng, lexicon.verbs)
        core = f"{_person(rng, lexicon)} was {participle} by {_person(rng, lexicon)}"
    elif kind == 2:
        past, _ = pick(rng, lexicon.handlings)
        core = f"{_person(rng, lexicon)} {pick(rng, lexicon.adverbs)} {past} {_thing(rng, lexicon)}"
    elif kind == 3:
        _, participle = pick(rng, lexicon.handlings)
        core = f"{_thing(rng, lexicon)} was {participle} by {_person(rng, lexicon)}"
    elif kind == 4:
        past, _ = pick(rng, lexicon.verbs)
        core = f"{_person(rng, lexicon)} and {_person(rng, lexicon)} {past} {_person(rng, lexicon)}"
    else:
        thing, position, place = _thing(rng, lexicon), pick(rng, lexicon.positions), pick(rng, lexicon.places)
        core = f"{thing} {position} {place} and was {pick(rng, lexicon.adjectives)}"
    end = int(rng.integers(4))
    if end == 0:
        return f"{core} {pick(rng, lexicon.places)}"
    return f"{core} {pick(rng, lexicon.times)}" if end == 1 else core


def _person(rng: np.random.Generator, lexicon: Lexicon) -> str:
    kind = int(rng.integers(4))
    if kind == 0:
        return pick(rng, lexicon.names)
    the = pick(rng, lexicon.determiners)
    if kind == 1:
        return f"{the} {pick(rng, lexicon.people)}"
    if kind == 2:
        return f"{the} {pick(rng, lexicon.adjectives)} {pick(rng, lexicon.people)}"
    return f"{the} {pick(rng, lexicon.people)} from {pick(rng, lexicon.towns)}"


def _thing(rng: np.random.Generator, lexicon: Lexicon) -> str:
    adjective = f"{pick(rng, lexicon.adjectives)} " if rng.random() < 0.5 else ""
    return f"{pick(rng, lexicon.determiners)} {adjective}{pick(rng, lexicon.things)}"
