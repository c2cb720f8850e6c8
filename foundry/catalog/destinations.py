"""What destinations of feeds take: lengths of texts, pictures, and what a picture may show: `destinations.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from foundry.catalog.catalog import FeedKind
from foundry.channel.placement import Mark
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import shorten
from foundry.strict_model import StrictModel

DESTINATIONS = Path(__file__).with_name("destinations.yaml")
Shown = Literal["price", "offer", "copy", "logo"]
"""Things beside the product that a file may show: a price, an offer as on a badge, other words, a logo."""
PictureFormat = Literal["jpeg", "webp", "png", "gif", "bmp", "tiff"]


class SmallestPicture(StrictModel):
    """The smallest picture that is taken from a day on; `advice`: a smaller one is taken with a warning."""

    begins: date = Field(alias="from")
    size: tuple[int, int]
    advice: bool = False


class PictureLimits(StrictModel):
    """The limits of pictures."""

    formats: tuple[PictureFormat, ...]
    max_bytes: int
    max_megapixels: int | None = None
    smallest: tuple[SmallestPicture, ...]


class LinkRule(StrictModel):
    """The rule of an attribute that names pictures: how many, and what they may show."""

    most: Annotated[int, Field(ge=1)]
    shows: tuple[Shown, ...]


class Destination(StrictModel):
    """One destination of feeds. kinds: the kinds of feeds that are written for it."""

    name: str
    title: str
    kinds: tuple[FeedKind, ...]
    source: str
    read_on: date
    confidence: Mark
    marks: dict[str, Mark] = Field(default_factory=dict)
    lengths: dict[str, int]
    pictures: PictureLimits
    attributes: dict[str, LinkRule]
    made_text: dict[str, str] = Field(description="Attribute, and the one that takes its text if a model wrote it.")
    made_text_form: str = ""
    batch_items: int = 5_000


@dataclass(frozen=True, kw_only=True)
class OfferedFile:
    """A finished file that an attribute of a feed is to name.

    format: as placements call it. shows: the things besides the product that are seen on it.
    """

    name: str
    format: str
    width_px: int
    height_px: int
    size_bytes: int
    shows: frozenset[str]


@dataclass(frozen=True)
class DestinationFault:
    """One reason against a file or text at a destination. stops: False for advice. what: a whole sentence."""

    code: str
    attribute: str
    what: str
    stops: bool = True


def table_lines() -> Iterator[str]:
    """Yield the lines of the table of destinations in docs/catalogs.md."""
    yield "| destination | what pictures may show besides the product | smallest picture | texts by a model | source |"
    yield "| --- | --- | --- | --- | --- |"
    for each in destinations().values():
        links = "; ".join(
            f"`{name}` (at most {rule.most}): {', '.join(rule.shows) or 'nothing'}"
            for name, rule in each.attributes.items()
        )
        sizes = "; ".join(
            f"{limit.size[0]}x{limit.size[1]} from {limit.begins}{' as advice' if limit.advice else ''}"
            for limit in each.pictures.smallest
        )
        others = ", ".join(f"`{name}`" for name in each.made_text.values())
        texts = f"only in {others}" if others else "anywhere"
        yield f"| {each.title} | {links} | {sizes} | {texts} | {each.source}; {each.read_on}, {each.confidence} |"


@lru_cache(maxsize=1)
def destinations() -> Mapping[str, Destination]:
    """Return all destinations by name."""
    raw = read_yaml(DESTINATIONS, SETTINGS)
    return {name: Destination.model_validate({"name": name, **entry}) for name, entry in raw.items()}


def destination_of(kind: FeedKind | None) -> Destination:
    """Return the destination that a kind of feed is written for; Google's for those of no published kind."""
    for destination in destinations().values():
        if kind in destination.kinds:
            return destination
    return destinations()["google"]


def destination_faults(
    destination: Destination, attribute: str, file: OfferedFile, on: date
) -> tuple[DestinationFault, ...]:
    """Return the reasons why an attribute of the destination's feed may not name a file on a day."""
    rule = destination.attributes.get(attribute)
    if rule is None:
        known = ", ".join(destination.attributes)
        what = f"{destination.title} has no {attribute} for pictures; use {known}"
        return (DestinationFault("unknown_attribute", attribute, what),)
    return (*_shown(destination, attribute, rule, file), *_measured(destination, attribute, file, on))


def _shown(destination: Destination, attribute: str, rule: LinkRule, file: OfferedFile) -> Iterator[DestinationFault]:
    for thing in sorted(file.shows - set(rule.shows)):
        others = [name for name, other in destination.attributes.items() if thing in other.shows]
        way = f"name it in {' or '.join(others)}" if others else "use a layout without it"
        what = f"{file.name} shows {_A[thing]}, which {destination.title} does not take in {attribute}; {way}"
        yield DestinationFault(f"shows_{thing}", attribute, what)


_A = {"price": "a price", "offer": "an offer", "copy": "words", "logo": "a logo"}


def _measured(destination: Destination, attribute: str, file: OfferedFile, on: date) -> Iterator[DestinationFault]:
    limits, where = destination.pictures, f"{destination.title} takes in {attribute}"
    if file.format not in limits.formats:
        what = f"{file.name} is {file.format}, and not what {where}; use {', '.join(limits.formats)}"
        yield DestinationFault("format", attribute, what)
    if file.size_bytes > limits.max_bytes:
        what = (
            f"{file.name} has {file.size_bytes} bytes, more than the {limits.max_bytes} that {where}; make it smaller"
        )
        yield DestinationFault("bytes", attribute, what)
    pixels, most = file.width_px * file.height_px, limits.max_megapixels
    if most is not None and pixels > most * 1_000_000:
        what = f"{file.name} has {pixels} pixels, more than the {most} megapixels that {where}; make it smaller"
        yield DestinationFault("pixels", attribute, what)
    yield from _too_small(limits, where, attribute, file, on)


def _too_small(
    limits: PictureLimits, where: str, attribute: str, file: OfferedFile, on: date
) -> Iterator[DestinationFault]:
    """Yield the strictest limit of that day that the file is below: advice only where no limit stops it."""
    below = [
        each
        for each in limits.smallest
        if each.begins <= on and (file.width_px < each.size[0] or file.height_px < each.size[1])
    ]
    for each in sorted(below, key=lambda limit: (limit.advice, -limit.size[0]))[:1]:
        size = f"{file.width_px}x{file.height_px}"
        least = f"{each.size[0]}x{each.size[1]}"
        what = f"{file.name} has {size} pixels, less than the {least} that {where}; use a larger placement"
        yield DestinationFault("small", attribute, what, stops=not each.advice)


def text_faults(
    destination: Destination, attribute: str, text: str, *, made_by_model: bool = False
) -> tuple[DestinationFault, ...]:
    """Return the reasons why an attribute of the destination's feed may not hold a text."""
    found = []
    shown, other, limit = shorten(text), destination.made_text.get(attribute), destination.lengths.get(attribute)
    if made_by_model and other:
        wrong = f"was written by a model, which {destination.title} takes only in {other}"
        what = f"{attribute} {shown} {wrong}; write it there and leave {attribute} out"
        found.append(DestinationFault("made_text", attribute, what))
    if limit is not None and len(text) > limit:
        wrong = f"has {len(text)} characters, more than the {limit} that {destination.title} takes"
        found.append(DestinationFault("long", attribute, f"{attribute} {shown} {wrong}; shorten it"))
    return tuple(found)
