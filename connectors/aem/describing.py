"""The metadata of an asset as a form for Sling's POST servlet.

A value that somebody changed at the instance since it was written is left as it is: the form keeps a short hash of each
value that was written, and only where the present value still has that hash is it replaced.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from connectors.aem.nodes import ASSET, CONTENT, EXPIRATION, SHA1, SLOT, WROTE, AssetNode, moment
from connectors.target.outgoing import Outgoing

Values = dict[str, tuple[str, ...]]
LISTS = frozenset({"dc:creator", "dc:language", "dc:rights", "dc:subject", "foundryItems", "foundryMarkets",
                   "foundryModels", "foundryCopy"})  # fmt: skip
DATES = frozenset({EXPIRATION, "prism:embargoDate"})


def form_of(file: Outgoing, sha1: str, node: AssetNode | None) -> list[tuple[str, str]]:
    """Return the form for a file that is there; `node` is the asset before it, with what others wrote."""
    wanted = values_of(file)
    kept = changed_by_others(node) if node else frozenset()
    written = {name: values for name, values in wanted.items() if name in DATES or name not in kept}
    marks = sorted(f"{name}={mark_of(values)}" for name, values in written.items() if values)
    marks += sorted(f"{name}={_mark_written(node, name)}" for name in kept - written.keys()) if node else []
    ours: Values = {
        SLOT: (file.slot.id,),
        ASSET: (file.asset,),
        CONTENT: (file.content.sha256,),
        SHA1: (sha1,),
        WROTE: tuple(marks),
    }
    return list(_pairs({**written, **ours}))


def expiring_form(now: float) -> list[tuple[str, str]]:
    """Return the form that takes an asset out of use from a moment on, in seconds since 1970."""
    return list(_pairs({EXPIRATION: (_sling_moment(datetime.fromtimestamp(int(now), UTC)),)}))


def values_of(file: Outgoing) -> Values:
    """Return what is said of a file, by property; no values for one that is to be removed."""
    facts = file.metadata
    single = {
        "dc:title": facts.title,
        "dc:description": facts.description,
        "xmpRights:UsageTerms": facts.usage_terms,
        "xmpRights:WebStatement": facts.licence_url,
        "foundryAltText": facts.alt_text,
        "foundryLocale": facts.locale,
        "foundryCampaign": facts.campaign,
        "foundryCampaignName": facts.campaign_name,
        "foundryProduct": facts.product,
        "foundryProductName": facts.product_name,
        "foundryPlacement": facts.placement,
        "foundrySourceType": facts.source_type,
        "foundryProvenance": facts.provenance,
    }
    many = {
        "dc:creator": (facts.owner,),
        "dc:language": (facts.locale,),
        "dc:rights": (facts.owner,),
        "dc:subject": facts.keywords,
        "foundryItems": facts.items,
        "foundryMarkets": facts.markets,
        "foundryModels": facts.models,
        "foundryCopy": facts.copy,
    }
    days = {
        "prism:embargoDate": (_sling_moment(_start_of(facts.embargo)),) if facts.embargo else (),
        EXPIRATION: (_sling_moment(_start_of(facts.expiry) + timedelta(days=1, seconds=-1)),) if facts.expiry else (),
    }
    own = {name: (_told(name, text),) for name, text in {**single, **file.fields}.items()}
    return {name: tuple(filter(None, map(_clean, values))) for name, values in {**many, **days, **own}.items()}


def _told(name: str, text: str) -> str:
    """Return a text as a property has it; a date that cannot be read is none."""
    if name not in DATES:
        return text
    when = moment(text)
    return "" if when is None else _sling_moment(datetime.fromtimestamp(when, UTC))


def changed_by_others(node: AssetNode) -> frozenset[str]:
    """Return the properties that were written from here, and have another value now."""
    changed = set[str]()
    for line in node.text(WROTE).splitlines():
        name, _, mark = line.rpartition("=")
        if name and name not in DATES and mark_of(tuple(node.text(name).splitlines())) != mark:
            changed.add(name)
    return frozenset(changed)


def mark_of(values: tuple[str, ...]) -> str:
    """Return a short hash of a property's values, the same for a text of two lines and for two texts."""
    lines = [line.strip() for value in values for line in value.splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _clean(text: str) -> str:
    """Return a text without control characters, which the repository's exports cannot hold, and without lone halves."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))


def _mark_written(node: AssetNode, wanted: str) -> str:
    marks = dict(line.rpartition("=")[::2] for line in node.text(WROTE).splitlines())
    return marks.get(wanted, "")


def _pairs(values: Values) -> Iterator[tuple[str, str]]:
    yield "_charset_", "utf-8"
    for name, texts in sorted(values.items()):
        if not texts:
            yield f"{name}@Delete", "true"
            continue
        if name in DATES:
            yield f"{name}@TypeHint", "Date"
        elif name in LISTS or name == WROTE or len(texts) > 1:
            yield f"{name}@TypeHint", "String[]"
        for text in texts:
            yield name, text


def _start_of(day: str) -> datetime:
    found = date.fromisoformat(day)
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _sling_moment(when: datetime) -> str:
    """Return a moment in the one form of ISO 8601 that Sling reads as a date."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
