"""Where in a brief something stands: the section, the part of the campaign, and the key above it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foundry.adoption.claims import EVERYWHERE, Scope
from foundry.adoption.meaning import COPY, Meaning, Section
from foundry.adoption.understanding.key_scope import KeyParts, is_currency, parts_of_key
from foundry.adoption.understanding.keys import phrase_of, spelled
from foundry.adoption.understanding.locales import scope_of
from foundry.adoption.understanding.senses import Sense, is_passing, sections_of, senses_of, several_of
from foundry.adoption.understanding.vocabulary import vocabulary

ENOUGH, INHERITED, PASSED_ON = 0.62, 0.8, 0.98
"""Score from which a key needs no help of the key above it; the factors on the score of that one."""
_INHERITABLE = frozenset({
    *COPY, Meaning.AUDIENCE, Meaning.STYLE, Meaning.SCENE, Meaning.AVOID, Meaning.BANNED_WORD, Meaning.BRAND_COLOUR,
    Meaning.BRAND_FONT, Meaning.BRAND_LOGO, Meaning.BRAND_TONE, Meaning.PLACEMENT, Meaning.PRODUCT_PICTURE,
    Meaning.REGION, Meaning.LOCALE, Meaning.NOTE, Meaning.PRODUCT_DESCRIPTION, Meaning.PRICE, Meaning.BUDGET,
    Meaning.MUSIC, Meaning.VOICE_OVER,
})  # fmt: skip
"""Meanings of a map's key that keys inside it share if nothing better is known: `audience: {age: 25-40}`."""
_DOMINANT = frozenset({
    Meaning.AUDIENCE, Meaning.AVOID, Meaning.BANNED_WORD, Meaning.BRAND_COLOUR, Meaning.BRAND_FONT, Meaning.BRAND_LOGO,
    Meaning.NOTE, Meaning.APPROVAL,
})  # fmt: skip
"""Meanings of a map's key that keys inside it share even if they are words for others: `fonts: {heading: Archivo}`."""


@dataclass(frozen=True)
class Context:
    """Everything that stands above a node.

    key: of the fact that a leaf here states, as it stands; keys that are values (languages, regions) do not count.
    above: the key over that one. senses: of the key. of_row: True inside a row
    of a table. is_item: True for an item of a list, which is one value. channel: of an
    entry that lists several slots of it. in_entry: True directly inside an entry or a row. weight: the
    factor on scores below a key such as `secondary`.
    """

    section: Section | None = Section.CAMPAIGN
    scope: Scope = EVERYWHERE
    key: str = ""
    above: str = ""
    senses: tuple[Sense, ...] = ()
    several: Section | None = None
    currency: str = ""
    of_row: bool = False
    is_item: bool = False
    channel: str = ""
    in_entry: bool = False
    weight: float = 1.0

    def within(self, **parts: object) -> Context:
        """Return the context with these parts of its scope replaced."""
        return replace(self, scope=replace(self.scope, **parts))  # type: ignore[arg-type]

    @property
    def best(self) -> Meaning | None:
        """The likeliest meaning of the key."""
        return self.senses[0].meaning if self.senses else None


def of_field(context: Context, key: str) -> tuple[Context, KeyParts]:
    """Return the context of a leaf at a key of a map, and the key in its parts."""
    if context.best in (Meaning.PRICE, Meaning.BUDGET) and is_currency(key):
        return replace(context, currency=key, is_item=False), KeyParts(context.key, currency=key)
    parts = parts_of_key(key, context.section)
    if parts.locale:
        context = context.within(locale=scope_of(parts.locale))
    if parts.market:
        context = context.within(market=parts.market)
    own = senses_of(parts.key, context.section)
    free = _free_below(context)
    if free is not None:
        own = tuple(sense for sense in own if sense.meaning in free)
    if free is None and _passes_on(parts.key, context, own):
        passed = tuple(_weaker(sense, PASSED_ON, "") for sense in context.senses)
        return replace(context, senses=passed, currency=parts.currency or context.currency, is_item=False), parts
    own = _with_inherited(own, context, ruled=free is not None)
    return (
        replace(
            context,
            key=parts.key,
            above=context.key,
            senses=own,
            currency=parts.currency,
            several=several_of(parts.key),
            is_item=False,
        ),
        parts,
    )


def of_container(context: Context, key: str, known_inside: int) -> tuple[Context, KeyParts]:
    """Return the context inside the map or list at a key. known_inside: its keys that the vocabulary knows."""
    below, parts = of_field(context, key)
    sections = sections_of(parts.key) or _of_a_word(parts.key)
    if sections and not below.several:
        below = replace(below, several=several_of(parts.key) or next(iter(_of_a_word(parts.key)), None))
    section = sections[0] if sections else _unnamed_section(context, below, known_inside)
    second = bool(_SECOND & set(phrase_of(parts.key))) and phrase_of(parts.key) not in vocabulary().meanings
    weight = context.weight * _WEIGHT_OF_SECOND if second else context.weight
    return replace(below, section=section, in_entry=False, weight=weight), parts


def _of_a_word(key: str) -> tuple[Section, ...]:
    """Return products for a key with a plural word for them among others: `Products & packshots`."""
    words = phrase_of(key)
    found = len(words) > 1 and any(several_of(word) is Section.PRODUCTS for word in words)
    return (Section.PRODUCTS,) if found and words not in vocabulary().meanings else ()


def _unnamed_section(context: Context, below: Context, known_inside: int) -> Section | None:
    """Return the section inside a key that names none: the one around it, unless the key is a fact of its own."""
    if below.senses and below.senses[0].score >= ENOUGH:
        return None
    if context.section is Section.CAMPAIGN and known_inside < _LIKE_A_BRIEF:
        return None
    return context.section


_NAMES = frozenset({
    Meaning.BRAND, Meaning.CAMPAIGN_NAME, Meaning.CAMPAIGN_ID, Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID,
    Meaning.SCENE_NAME,
})  # fmt: skip
_OF_ONE_VALUE = frozenset({
    "value", "text", "plain text", "rich text", "name", "label", "title", "select", "string", "content",
    "bezeichnung", "wert", "titel", "nom", "valeur", "titre", "nombre", "valor", "título", "nome", "名称", "名前",
    "名稱",
})  # fmt: skip
"""Keys that say nothing more below a name: `brand: {value: Acme}`, but not `brand: {values: [calm]}`."""
_FIGURES = frozenset({
    Meaning.CURRENCY, Meaning.PRICE, Meaning.BUDGET, Meaning.EMBARGO, Meaning.EXPIRY, Meaning.PRIORITY,
    Meaning.ALTERNATIVES, Meaning.PLACEMENT, Meaning.APPROVAL, Meaning.FILM_SECONDS,
})  # fmt: skip
"""Meanings that mean something else below a note: the currency of a media budget."""
_SECOND = frozenset({"secondary", "alternative", "alternate", "backup", "fallback", "optional", "zweite", "secondaire"})
_WEIGHT_OF_SECOND = 0.8
_CLEAR = 0.8
_OF_PEOPLE = frozenset({
    "approver", "approvers", "approvals", "reviewer", "reviewers", "stakeholder", "stakeholders", "contact",
    "contacts", "owner", "owners", "team", "people", "requester", "kpi", "kpis", "metrics", "goals", "objectives",
    "targets", "tracking", "utm", "analytics",
    "ansprechpartner", "freigaben", "ziele", "objectifs", "objetivos", "担当者", "负责人",
})  # fmt: skip
"""Words of notes in which even a word such as `brand` or `legal` names a person or a measure."""
_FILES = frozenset({
    Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_MODEL, Meaning.BRAND_LOGO, Meaning.BRAND_FONT, Meaning.MUSIC,
    Meaning.VOICE_OVER,
})  # fmt: skip
_OF_FILES = frozenset(
    {"url", "src", "path", "file", "filename", "href", "link", "uri", "datei", "pfad", "fichier", "archivo"}
)
"""Keys that say nothing more inside a map of a file: `image: {url: a.png}`."""
_LIKE_A_BRIEF = 3
"""Known keys from which a map without a known name is taken for the brief, or a part of it: `data: {…}`."""


def _with_inherited(own: tuple[Sense, ...], context: Context, *, ruled: bool) -> tuple[Sense, ...]:
    """Return the senses of a key with those of the key above it, unless its own are good enough."""
    free = _free_below(context) or frozenset()
    if own and own[0].score >= ENOUGH and (not ruled or own[0].meaning in free):
        return own
    reason = f"it stands below the key '{context.key}'"
    factor = PASSED_ON if ruled else INHERITED
    inherited = (sense for sense in context.senses if sense.meaning in _INHERITABLE or ruled)
    return (*own, *(_weaker(sense, factor, reason) for sense in inherited))


def _free_below(context: Context) -> frozenset[Meaning] | None:
    """Return the meanings that keys below this one may have of their own; None if it does not rule over them."""
    if context.section not in (None, Section.NOTES) or context.best not in _DOMINANT:
        return None
    if context.senses[0].score < _CLEAR:
        return None
    if context.best is Meaning.AUDIENCE:
        return frozenset((*COPY, Meaning.REGION, Meaning.LOCALE))
    if context.best is Meaning.NOTE and not _OF_PEOPLE & set(phrase_of(context.key)):
        return frozenset(Meaning) - _FIGURES
    return frozenset()


def _passes_on(key: str, context: Context, own: tuple[Sense, ...]) -> bool:
    """Return True if a key adds nothing to the one above it: `headline: {text: …}`, `price: {amount: …}`."""
    phrase = phrase_of(key)
    if not context.senses or context.senses[0].score < ENOUGH or (len(phrase) > 1 and phrase in vocabulary().meanings):
        return False
    above = context.senses[0].meaning
    if above in _FILES and spelled(phrase) in _OF_FILES and own:
        return own[0].meaning in (Meaning.NOTE, Meaning.PRODUCT_PICTURE)
    if not is_passing(key) or (above in _NAMES and spelled(phrase) not in _OF_ONE_VALUE):
        return False
    if above in COPY and above is not Meaning.MESSAGE:
        return True
    if above in _NAMES:
        return not own or not own[0].reason.startswith("inside")
    return not own or (own[0].meaning is Meaning.MESSAGE and not own[0].reason.startswith("inside"))


def _weaker(sense: Sense, factor: float, reason: str) -> Sense:
    return Sense(sense.meaning, sense.score * factor, reason or sense.reason, sense.language)
