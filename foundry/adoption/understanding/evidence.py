"""The readings of a leaf: the senses of its key, weighed by its value and the place where it stands."""

from __future__ import annotations

from foundry.adoption.claims import Reading
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import day_range_in, file_name_in
from foundry.adoption.understanding.context import ENOUGH, Context
from foundry.adoption.understanding.fitting import fit
from foundry.adoption.understanding.key_scope import is_currency
from foundry.adoption.understanding.senses import Sense, sections_of

_PERIOD, _HEADING, _LONGEST_NAME = 0.9, 0.75, 60
_NAMED_BY = {
    Section.CAMPAIGN: Meaning.CAMPAIGN_NAME,
    Section.BRAND: Meaning.BRAND,
    Section.PRODUCTS: Meaning.PRODUCT_NAME,
}

_OF_FILES: dict[str, tuple[Meaning, float]] = {
    "model": (Meaning.PRODUCT_MODEL, 0.75),
    "sound": (Meaning.MUSIC, 0.55),
    "font": (Meaning.BRAND_FONT, 0.75),
}
_PICTURES = {Section.PRODUCTS: (Meaning.PRODUCT_PICTURE, 0.7), Section.BRAND: (Meaning.BRAND_LOGO, 0.55)}


def readings_of(leaf: Leaf, context: Context) -> tuple[Reading, ...]:
    """Return the readings of a leaf, the best first; none that its value rules out."""
    found: dict[Meaning, Reading] = {}
    for sense in (
        *context.senses,
        *_senses_of_file(leaf, context),
        *_senses_of_period(leaf, context),
        *_senses_of_heading(leaf, context),
        *_senses_of_currency(leaf, context),
    ):
        score = context.weight * sense.score * fit(sense.meaning, leaf, context.section)
        if sense.meaning not in found or found[sense.meaning].score < score:
            found[sense.meaning] = Reading(sense.meaning, context.scope, score, sense.reason)
    return tuple(sorted(found.values(), key=lambda reading: -reading.score))


def _senses_of_file(leaf: Leaf, context: Context) -> tuple[Sense, ...]:
    """Return the sense that the ending of a file's name alone has."""
    found = file_name_in(leaf.text) if "." in leaf.text else ()
    if not found:
        return ()
    named = _OF_FILES.get(found[0].kind)
    if found[0].kind in ("picture", "drawing") and context.section:
        named = _PICTURES.get(context.section)
    if not named:
        return ()
    return (Sense(*named, f"it names a file of the kind {found[0].kind}"),)


def _senses_of_currency(leaf: Leaf, context: Context) -> tuple[Sense, ...]:
    """Return the sense of a currency beside an amount: `budget: [2500, USD]`."""
    if context.best not in (Meaning.PRICE, Meaning.BUDGET) or not is_currency(leaf.text):
        return ()
    return (Sense(Meaning.CURRENCY, _PERIOD, f"it stands beside the {context.best}"),)


def _senses_of_heading(leaf: Leaf, context: Context) -> tuple[Sense, ...]:
    """Return the sense of a name under a key that is a section: `Campaign brief: Night at the Fossils`."""
    known = bool(context.senses) and context.senses[0].score >= ENOUGH
    if known or len(leaf.text) > _LONGEST_NAME or leaf.text[-1] in ".!?。":
        return ()
    named = next((_NAMED_BY.get(section) for section in sections_of(context.key)), None)
    return (Sense(named, _HEADING, f"the key '{context.key}' stands before its name"),) if named else ()


def _senses_of_period(leaf: Leaf, context: Context) -> tuple[Sense, ...]:
    """Return the sense of two days under a key such as `flight dates`: both are read from such a claim."""
    if Section.SCHEDULE not in sections_of(context.key)[:1] or not day_range_in(leaf.text):
        return ()
    return (Sense(Meaning.EMBARGO, _PERIOD, f"the key '{context.key}' names a period"),)
