"""What the library holds, with a sentence about each: its shapes, materials, masks before lamps and skies."""

from __future__ import annotations

from collections.abc import Mapping

from models.sets.building.library import GOBOS, MATERIALS, SHAPES, SKIES


def shape_texts() -> dict[str, str]:
    """Return what each shape is, by its name."""
    return _texts(SHAPES)


def material_texts() -> dict[str, str]:
    """Return what each material is, by its name."""
    return _texts(MATERIALS)


def gobo_texts() -> dict[str, str]:
    """Return what each mask before a lamp is, by its name."""
    return _texts(GOBOS)


def sky_texts() -> dict[str, str]:
    """Return what each sky is, by its name."""
    return _texts(SKIES)


def _texts(makers: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(name, maker) for name, maker in sorted(makers.items())}


def _text(name: str, maker: object) -> str:
    """Return the first sentence about a maker, as a thing: "Return fine plaster." is "Fine plaster."."""
    first = (maker.__doc__ or f"{name}.").strip().split("\n", maxsplit=1)[0]
    first = first.removeprefix("Return ").removeprefix("a ").removeprefix("an ")
    return first[:1].upper() + first[1:]
