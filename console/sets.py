"""`foundry sets`: the photographic sets that there are, how they look, and what is wrong with one."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.printing import Terminal, say
from console.settings import AsJson, Tenants
from foundry.errors import BadInput, Refusals, shorten

if TYPE_CHECKING:
    from foundry.tenant import Tenant
    from models.sets.contact_sheet import Colours

sets_app = typer.Typer(no_args_is_help=True, help="Look at photographic sets, and find what is wrong with one.")
out, err = Terminal(), Terminal(stderr=True)

Name = Annotated[str, typer.Argument(metavar="SET", help="Id of a set, or a set file that ends in .yaml.")]
TenantId = Annotated[str | None, typer.Option("--tenant", help="Whose own sets, props and materials are known too.")]


class Light(StrEnum):
    """The side that the main lamp stands on."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    FRONT = "front"


class Room(StrEnum):
    """The part of the picture that is kept calm for copy."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"


class Bucket(StrEnum):
    """The shape of a picture."""

    SQUARE = "square"
    PORTRAIT = "portrait"
    STORY = "story"
    LANDSCAPE = "landscape"


@sets_app.command("list")
def list_sets(tenant: TenantId = None, tenants: Tenants = None, as_json: AsJson = False) -> None:
    """List the sets, the scene of the prompt language that each is for, and the words that choose it."""
    from console.listing import print_sets
    from foundry.sets.files import own_sets, sets_of

    whose = _tenant(tenant, tenants)
    print_sets(sets_of(whose), frozenset(own_sets(whose)) if whose else frozenset(), out, as_json)


@sets_app.command()
def show(name: Name, tenant: TenantId = None, tenants: Tenants = None, as_json: AsJson = False) -> None:
    """Show what SET says: its ground, walls, parts, light and lens."""
    import yaml

    from models.sets.sampling import find_set

    found = find_set(name, _tenant(tenant, tenants))
    content = _plain(found.model_dump(exclude_defaults=True))
    if as_json:
        say(json.dumps({**content, "digest": found.digest}, ensure_ascii=False))
    else:
        say(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None).rstrip())


@sets_app.command()
def shapes(tenant: TenantId = None, tenants: Tenants = None, as_json: AsJson = False) -> None:
    """List the shapes of parts and grounds, the masks before lamps, and the skies; with a tenant, its props too."""
    from console.listing import print_library
    from foundry.sets.own_files import own_props
    from models.sets.library_texts import gobo_texts, shape_texts, sky_texts

    whose = _tenant(tenant, tenants)
    props = dict.fromkeys(own_props(whose), f"Prop of {whose.id}") if whose else {}
    kinds = {"shape": shape_texts(), "prop": props, "gobo": gobo_texts(), "sky": sky_texts()}
    print_library(kinds, out, as_json)


@sets_app.command()
def materials(tenant: TenantId = None, tenants: Tenants = None, as_json: AsJson = False) -> None:
    """List the materials of surfaces; with a tenant, its own too."""
    from console.listing import print_library
    from foundry.sets.files import own_materials
    from models.sets.library_texts import material_texts

    whose = _tenant(tenant, tenants)
    own = {name: material.title for name, material in own_materials(whose).items()} if whose else {}
    print_library({"material": material_texts(), "own": own}, out, as_json)


@sets_app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SET]...", help="Ids or files; default: all.")] = None,
    tenant: TenantId = None,
    tenants: Tenants = None,
    drawn: Annotated[bool, typer.Option("--draw/--no-draw", help="Also draw each, small.")] = True,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with sets: names that nobody knows, files that cannot be used, sets that cannot be drawn.

    Without names, all sets of the tenant, or else all shipped ones. Exit code 2 if anything is wrong.
    """
    from foundry.sets.files import own_sets, shipped_sets
    from models.sets.renderer.refusals import RendererMissing
    from models.sets.sampling import check_sets, find_set

    whose = _tenant(tenant, tenants)
    usual = own_sets(whose) if whose else shipped_sets()
    chosen = [find_set(name, whose) for name in names] if names else list(usual.values())
    try:
        problems = check_sets(chosen, whose, drawn=drawn)
    except RendererMissing as missing:
        err.print(f"Not drawn: {missing}")
        drawn, problems = False, check_sets(chosen, whose, drawn=False)
    if as_json:
        say(json.dumps({"checked": len(chosen), "drawn": drawn, "problems": [str(problem) for problem in problems]}))
    else:
        out.print(f"{len(chosen)} sets checked{' and drawn' if drawn else ''}, {len(problems)} problems")
    if problems:
        raise Refusals("sets", tuple(problems))


@sets_app.command()
def preview(
    name: Name,
    target: Annotated[Path, typer.Option("--output", "-o", help="PNG, JPEG or WebP to write.")],
    tenant: TenantId = None,
    tenants: Tenants = None,
    product: Annotated[Path | None, typer.Option(help="What stands in it: a PNG with transparency, or a GLB.")] = None,
    palettes: Annotated[
        list[str] | None,
        typer.Option("--palette", help="Wall, floor and accent, such as '#F0CFC6,#F4ECDD,#E59AA8'; may be repeated."),
    ] = None,
    lights: Annotated[list[Light] | None, typer.Option("--light", help="Default: left and right.")] = None,
    seeds: Annotated[list[int] | None, typer.Option("--seed", help="Default: 0, 1 and 2.")] = None,
    bucket: Annotated[Bucket, typer.Option(help="Shape of the pictures.")] = Bucket.PORTRAIT,
    room: Annotated[Room, typer.Option(help="Where copy will stand.")] = Room.TOP,
    edge_px: Annotated[int, typer.Option("--edge", min=32, max=1_024, help="Longer edge of a picture.")] = 320,
    samples: Annotated[int, typer.Option(min=1, max=512, help="Rays per pixel; more is cleaner and slower.")] = 16,
) -> None:
    """Draw SET as a contact sheet, without a store: palettes and lights in rows, seeds in columns.

    Without --palette it has its own colours, and with a tenant also the brand's.
    """
    from models.sets.sampling import PreviewOrder, find_set, preview_sheet

    whose = _tenant(tenant, tenants)
    order = PreviewOrder(
        set_file=find_set(name, whose),
        tenant=whose,
        product=product,
        palettes=tuple(map(_palette, palettes or ())),
        lights=tuple(light.value for light in lights or (Light.LEFT, Light.RIGHT)),
        seeds=tuple(seeds or (0, 1, 2)),
        bucket=bucket.value,
        room=room.value,
        edge_px=edge_px,
        samples=samples,
    )
    with err.status("") as status:
        sheet = preview_sheet(order, told=lambda done, of: status.update(f"{done} of {of} pictures"))
    sheet.save(target)
    say(str(target))


def _tenant(tenant: str | None, tenants: Path | None) -> Tenant | None:
    from foundry.tenant import load_tenant

    return load_tenant(tenants or Path("tenants"), tenant) if tenant else None


def _plain(value: Any) -> Any:
    """Return a value with numbers and lists as YAML and JSON have them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _palette(text: str) -> Colours:
    """Return wall, floor and accent of three colours by name or as "#RRGGBB"."""
    from models.backdrop.colours import COLOURS

    colours = [COLOURS.get(name.strip().lower(), name.strip().upper()) for name in text.split(",")]
    if len(colours) != 3 or not all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours):
        raise BadInput("--palette", f"{shorten(text)} is not three colours, by name or as '#RRGGBB', between commas")
    return colours[0], colours[1], colours[2]
