"""`foundry layouts`: what there is, how it looks, and what will not fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.printing import Terminal, say
from console.settings import AsJson, Assets, Tenants
from foundry.errors import BadInput, Refusals, Unusable

if TYPE_CHECKING:
    from PIL import Image

    from foundry.channel.placement import Placement
    from foundry.copy import Copy
    from foundry.tenant import Tenant
    from imaging.still.preview import Scene
    from imaging.typesetting.copy_fitting import Fit
    from pipelines.planning.admission import Admitted

layouts_app = typer.Typer(no_args_is_help=True, help="Look at layouts, and find what will not fit.")
out, err = Terminal(), Terminal(stderr=True)

TenantId = Annotated[str | None, typer.Option("--tenant", help="Whose brand kit and own layouts.")]
BriefFile = Annotated[Path | None, typer.Option("--brief", help="Whose words, products and tenant.")]
NEEDED = "name a --tenant in a folder of --tenants, or a --brief"


@layouts_app.command("list")
def list_layouts(tenant: TenantId = None, tenants: Tenants = None, as_json: AsJson = False) -> None:
    """List the layouts by family and what each shows; with a tenant, its own too, and which it uses."""
    from console.listing import print_layouts

    print_layouts(out, as_json, _tenant(tenant, tenants) if tenant else None)


@layouts_app.command()
def preview(
    layout: Annotated[str, typer.Argument(help="Id of a layout; `family` for the one that the placement gets.")],
    target: Annotated[Path, typer.Option("--output", "-o", help="PNG to write.")],
    placement: Annotated[str, typer.Option(help="Channel and slot, such as meta/story.")],
    locale: Annotated[str, typer.Option(help="BCP 47, such as ar-EG.")] = "en-US",
    brief: BriefFile = None,
    assets: Assets = None,
    tenant: TenantId = None,
    tenants: Tenants = None,
    picture: Annotated[Path | None, typer.Option(help="In place of the painted scene: PNG, JPEG or WebP.")] = None,
    composition: Annotated[
        str,
        typer.Option(help="Where the product stands, such as left, low or close."),
    ] = "",
    boxes: Annotated[bool, typer.Option("--boxes", help="Draw safe area, blocks, slots and logo.")] = False,
) -> None:
    """Render LAYOUT at once, without a model: on a painted scene or a picture, with a brief's or sample copy."""
    from foundry.channel.placement import resolve_placements
    from foundry.layout.files import layout_for, layout_named
    from foundry.plan.composition import composition_buckets
    from imaging.still.compose import finish, prepare
    from imaging.still.preview import sample_copy, with_boxes

    place = _one(resolve_placements([placement]), placement)
    order = _order(brief, tenants, assets)
    whose = order.plan.tenant if order else _tenant(tenant, tenants)
    known = composition_buckets()[place.bucket].by_name
    if composition and composition not in known:
        raise BadInput("--composition", f"there is none called {composition!r}; there is {', '.join(known)}")
    named = layout != "family"
    shown = layout_named(layout, place, whose, composition) if named else layout_for(place, whose, composition)
    words = _words(order, locale, shown.fields) if order else sample_copy(locale).only(shown.fields)
    master, facts = _scene(order, whose, _Shown(place, locale, composition), picture)
    static = prepare(master, facts, shown, place, whose)
    composed = finish(static, words, locale)
    image = with_boxes(composed, static, locale) if boxes else composed.image
    image.save(target, "PNG")
    if composed.dropped:
        err.print(f"Gave way: {', '.join(composed.dropped)}")
    say(str(target))


@layouts_app.command()
def check(
    brief: BriefFile = None,
    assets: Assets = None,
    tenant: TenantId = None,
    tenants: Tenants = None,
    placements: Annotated[list[str] | None, typer.Option("--placement", help="Slots or sets; default: all.")] = None,
    locales: Annotated[list[str] | None, typer.Option("--locale", help="Default: all that there is copy in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find what will not fit, in a brief's or the sample copy, before anything runs; exit code 2 if there is any."""
    order = _order(brief, tenants, assets)
    found = list(_fits(order, order.plan.tenant if order else _tenant(tenant, tenants), placements, locales))
    refused = {str(fit.refusal): fit.refusal for fit in found if fit.refusal}
    gave_way = [fit for fit in found if fit.dropped]
    if as_json:
        say(json.dumps({"checked": len(found), "refused": list(refused), "gave_way": _as_rows(gave_way)}))
    else:
        out.print(f"{len(found)} settings checked, {len(refused)} do not fit, slots gave way in {len(gave_way)}")
        for fit in gave_way:
            out.print(f"{fit.placement} {fit.locale}: {', '.join(fit.dropped)} gives way in {fit.layout}")
    if refused:
        raise Refusals("layouts", tuple(refused.values()))


def _as_rows(found: Iterable[Fit]) -> list[dict[str, object]]:
    return [
        {"layout": fit.layout, "placement": fit.placement, "locale": fit.locale, "dropped": fit.dropped}
        for fit in found
    ]


def _fits(
    order: Admitted | None, whose: Tenant, placements: list[str] | None, locales: list[str] | None
) -> Iterator[Fit]:
    from foundry.channel.placement import placements as all_placements
    from foundry.channel.placement import resolve_placements
    from foundry.layout.files import layout_for
    from imaging.still.preview import sample_copies
    from imaging.typesetting.copy_fitting import fit_copies, widest_copies

    every = order.plan.placements if order else tuple(all_placements().values())
    for place in resolve_placements(placements) if placements else every:
        layout = layout_for(place, whose)
        copies: Iterable[tuple[str, Copy]] = widest_copies(order.plan, layout) if order else sample_copies().items()
        chosen = [(locale, copy) for locale, copy in copies if not locales or locale in locales]
        if not chosen:
            raise BadInput("--locale", f"there is no copy in {', '.join(locales or ())}; name another")
        yield from fit_copies(layout, place, whose, chosen)


def _tenant(tenant: str | None, tenants: Path | None) -> Tenant:
    from foundry.tenant import load_tenant

    folder = tenants or Path("tenants")
    if tenant is None:
        known = sorted(path.parent.name for path in folder.glob("*/tenant.yaml"))
        if len(known) != 1:
            raise BadInput("--tenant", f"is missing, and {folder} holds {', '.join(known) or 'none'}; {NEEDED}")
        tenant = known[0]
    return load_tenant(folder, tenant)


def _order(brief: Path | None, tenants: Path | None, assets: Path | None) -> Admitted | None:
    from pipelines.planning.admission import admit_file

    return next(iter(admit_file(brief, tenants, assets=assets)), None) if brief else None


def _one(found: tuple[Placement, ...], name: str) -> Placement:
    if len(found) != 1:
        raise BadInput("--placement", f"{name!r} is a set of {len(found)}; name one: {found[0].name}")
    return found[0]


def _words(order: Admitted, locale: str, shown: frozenset[str]) -> Copy:
    if locale not in order.plan.locales:
        raise BadInput("--locale", f"the brief has no copy in {locale}; it has {', '.join(order.plan.locales)}")
    return order.plan.copy(0, locale, shown)[0]


@dataclass(frozen=True)
class _Shown:
    """A placement that is previewed, the locale of its words, and the name of its picture's composition."""

    placement: Placement
    locale: str
    composition: str


def _scene(order: Admitted | None, whose: Tenant, shown: _Shown, picture: Path | None) -> Scene:
    from foundry.locales import is_rtl
    from foundry.plan.composition import composition_named
    from imaging.still.preview import from_picture, stand_in

    bucket, name = shown.placement.bucket, shown.composition
    mirrored = composition_named(bucket, name).has_sides and is_rtl(shown.locale)
    if picture:
        return from_picture(_decoded(picture), bucket, mirrored, name)
    return stand_in(whose, bucket, mirrored, _cut_out(order), name)


def _cut_out(order: Admitted | None) -> Image.Image | None:
    """Return the first product's picture if its format can have transparency."""
    from foundry.inputs.picture import PictureFacts, decode

    facts = order.inputs[0] if order and order.inputs else None
    if isinstance(facts, PictureFacts) and Path(facts.file.name).suffix in (".png", ".webp"):
        return decode(facts.file.read())
    return None


def _decoded(path: Path) -> Image.Image:
    from foundry.inputs.door import receive_path
    from foundry.inputs.picture import PICTURE, decode, inspect_picture

    try:
        return decode(inspect_picture(receive_path(path, PICTURE)).file.read())
    except Unusable as error:
        raise BadInput(str(path), f"{error.limit}; {error.remedy}") from error
