"""The outcome of understanding: a meaning for each leaf, with its reason and score, a doubt, or that it has none."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning


@dataclass(frozen=True)
class Scope:
    """The part of a campaign that a leaf belongs to; a field that is empty or None says "all of them".

    product, scene: positions in the campaign's products and scenes, from 0. locale: a BCP 47 tag such as "de-AT"; a
    language alone, "de" or "zh-Hant", where the file names no country. market: the region as it stands in the file
    ("EMEA", "Germany"). placement: as it stands; its parts ("Instagram", "9:16") with blanks between them.
    """

    product: int | None = None
    scene: int | None = None
    locale: str = ""
    market: str = ""
    placement: str = ""


EVERYWHERE = Scope()


@dataclass(frozen=True)
class Claim:
    """A leaf with its meaning. score: 0 to 1. reason: a clause for people ("the key 'cta' is a call to action").

    text: the part of the leaf that has this meaning; the whole leaf, unless it lists several ("DE, FR").
    from_key: True if `text` is a map's key that is itself a value (a product's name, a region) and `leaf` the first
    leaf below it; such a claim comes in addition to that leaf's own.
    proposed: True if a language model proposed the meaning.
    """

    leaf: Leaf
    meaning: Meaning
    scope: Scope
    score: float
    reason: str
    text: str
    from_key: bool = False
    proposed: bool = False


@dataclass(frozen=True)
class Reading:
    """One meaning that a leaf may have, with its score and the clause that speaks for it.

    answer: the answer that chooses it; empty if it is the meaning.
    """

    meaning: Meaning
    scope: Scope
    score: float
    reason: str
    answer: str = ""


@dataclass(frozen=True)
class Doubt:
    """A leaf with several readings, of which the best two are too close; the best comes first.

    key: the phrase of its key; the answer with the id `meaning <key>` decides.
    """

    leaf: Leaf
    readings: tuple[Reading, ...]
    key: str = ""


@dataclass(frozen=True)
class Listed:
    """A leaf that stays as it is, in the metadata under its own path.

    reason: a clause for people. key: the phrase of its key; an answer with the id `meaning <key>` gives it a meaning.
    """

    leaf: Leaf
    reason: str
    key: str = ""


@dataclass(frozen=True)
class UnderstoodCampaign:
    """Everything that a file says of one campaign. Each of its leaves stands in one of the three, and in no other."""

    claims: tuple[Claim, ...]
    doubts: tuple[Doubt, ...]
    listed: tuple[Listed, ...]


@dataclass(frozen=True)
class Understanding:
    """The campaigns of a file. notes: sentences on the whole ("12 rows share their brand and name: one campaign")."""

    campaigns: tuple[UnderstoodCampaign, ...]
    notes: tuple[str, ...] = ()
