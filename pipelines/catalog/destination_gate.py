"""The destination's rules, held against a catalog before anything is made: what its layouts show, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from foundry.catalog.catalog import Catalog, FeedBack
from foundry.catalog.destinations import OfferedFile, destination_faults, destination_of
from foundry.catalog.giving.forms import FORMS
from foundry.catalog.runs import GateFinding
from foundry.catalog.shown import shown_by
from foundry.channel.placement import Placement, UnknownPlacement, placements, resolve_placements
from foundry.errors import Problem, shorten
from foundry.layout.files import layout_for
from foundry.tenant import Tenant
from pipelines.catalog.feed_links import named_locale, placements_named

GATE = "destination"


def check_feed_back(catalog: Catalog, tenant: Tenant, on: date) -> Iterator[Problem]:
    """Yield the reasons why a catalog's feed back cannot be given on a day; none for a catalog that asks for none.

    Bytes are no part of it: finished files are held against the limits once more, one by one.
    """
    wanted = catalog.feed_back
    if wanted is None:
        return
    brief = catalog.brief_of([{"id": "example", "name": "Example"}])
    ordered = {placement.name for placement in resolve_placements(brief.placements)}
    if wanted.base_address and urlsplit(wanted.base_address).scheme not in ("https", "http"):
        yield _problem("base_address", wanted.base_address, "is no web address", "write where the store is served")
    if (locale := named_locale(catalog, wanted)) not in brief.messages:
        known = ", ".join(brief.messages)
        yield _problem("locale", locale, "has no messages in the campaign", f"use one of {known}")
    for attribute, names in wanted.links.items():
        yield from _check_link(_Asked(catalog, wanted, tenant, on), attribute, names, ordered)


def destination_gate(catalog: Catalog, tenant: Tenant, on: date) -> tuple[GateFinding, ...]:
    """Return a finding that stops the run for each reason against the feed back of a catalog.

    The tenant's layouts may be others than those that the catalog was added with.
    """
    found = list(check_feed_back(catalog, tenant, on))
    if not found and catalog.feed_back:
        title = destination_of(catalog.feed_back.format).title
        what = f"the layouts of all files that are given back show nothing that {title} forbids"
        return (GateFinding(gate=GATE, measured="none", limit="", stops=False, what=what),)
    return tuple(GateFinding(gate=GATE, measured=each.value, limit="", stops=True, what=str(each)) for each in found)


@dataclass(frozen=True)
class _Asked:
    """A feed back, whose it is, and the day on which it is given."""

    catalog: Catalog
    wanted: FeedBack
    tenant: Tenant
    on: date


def _check_link(asked: _Asked, attribute: str, names: tuple[str, ...], ordered: set[str]) -> Iterator[Problem]:
    form = FORMS[asked.wanted.format]
    path, destination = f"links.{attribute}", destination_of(asked.wanted.format)
    if attribute not in destination.attributes or attribute not in form.names:
        known = ", ".join(name for name in destination.attributes if name in form.names)
        yield _problem(path, attribute, f"names no pictures at {destination.title}", f"use one of {known}")
        return
    try:
        found = placements_named(names)
    except UnknownPlacement as error:
        yield _problem(path, ", ".join(names), f"is wrong: {error}", "correct the name")
        return
    for name in found:
        if name not in ordered:
            yield _problem(path, name, "is not ordered", "add it to the campaign's placements, or leave it out here")
        else:
            yield from _refused(asked, attribute, placements()[name])


def _refused(asked: _Asked, attribute: str, placement: Placement) -> Iterator[Problem]:
    """Yield the reasons for which the destination takes no file of a placement in an attribute."""
    layout, has_logo = layout_for(placement, asked.tenant), asked.tenant.brand.logo is not None
    file = OfferedFile(
        name=f"each file of {placement.name} with the layout {layout.id}",
        format=placement.formats[0],
        width_px=placement.width_px,
        height_px=placement.height_px,
        size_bytes=0,
        shows=frozenset(shown_by(layout, _written(asked.catalog, asked.wanted), has_logo=has_logo)),
    )
    for fault in destination_faults(destination_of(asked.wanted.format), attribute, file, asked.on):
        if fault.stops:
            yield _problem(f"links.{attribute}", placement.name, f"is not taken: {fault.what}", "or name another one")


def _written(catalog: Catalog, wanted: FeedBack) -> set[str]:
    """Return the fields of the copy that have words in the locale whose files are named."""
    brief = catalog.brief_of([{"id": "example", "name": "Example"}])
    message = brief.messages.get(named_locale(catalog, wanted))
    fields = {name for name, text in message.model_dump().items() if text} if message else set()
    return fields | ({"price"} if catalog.products.price != "none" else set())


def _problem(field: str, value: object, limit: str, remedy: str) -> Problem:
    return Problem(f"feed_back.{field}", shorten(value), limit, remedy, code="bad_catalog")
