"""The brand's logo: the form that fits an area, its size, and the clear space around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from foundry.content_cache import ContentCache
from foundry.errors import FoundryError
from foundry.inputs.picture import decode
from foundry.layout.layout import Layout, LogoSlot
from foundry.tenant import Tenant
from imaging.pixels.geometry import LayoutFrame, PixelBox, aligned_offset

FILLS = 0.42
"""Share of the fullest form's area that an earlier form in the layout's list must fill to be taken."""


class LogoDoesNotFit(FoundryError):
    """No form of the logo reaches the brand's smallest width in the area that the layout gives it."""

    code = "logo_does_not_fit"

    def __init__(self, layout: str, size: str, room: str, needed: str) -> None:
        super().__init__(layout, size, room, needed)
        self.layout, self.size, self.room, self.needed = layout, size, room, needed

    def __str__(self) -> str:
        return (
            f"{self.layout} at {self.size}: the logo's area of {self.room} pixels is too small; the brand asks for "
            f"{self.needed}. Drop the placement, add a `mark`, or let the layout leave the logo out."
        )


@dataclass(frozen=True)
class LogoPlace:
    """A form of the logo, its box, and the box that other slots keep out of."""

    form: str
    box: PixelBox
    clear: PixelBox


def place_logo(layout: Layout, frame: LayoutFrame, tenant: Tenant) -> LogoPlace | None:
    """Return the logo's form and box; None for a brand or layout without a logo.

    Where no form reaches its smallest width: None if the layout may leave the logo out, else LogoDoesNotFit.
    """
    kit, slot = tenant.brand.logo, layout.logo
    if kit is None or slot is None:
        return None
    area = frame.box(slot.area).within(frame.safe)
    form = _form(slot, area, tenant)
    if form is None:
        if slot.missing == "leave_out":
            return None
        raise _too_small(layout, frame, area, tenant)
    width, height = _largest_size(_shape(tenant, form), area)
    x = area.left + aligned_offset(slot.align, area.width - width, frame.rtl)
    y = area.top + {"top": 0, "middle": (area.height - height) // 2, "bottom": area.height - height}[slot.anchor]
    space = round(height * kit.clear_space / 100)
    box = PixelBox(x, y, x + width, y + height)
    return LogoPlace(form, box, PixelBox(x - space, y - space, box.right + space, box.bottom + space))


def _too_small(layout: Layout, frame: LayoutFrame, area: PixelBox, tenant: Tenant) -> LogoDoesNotFit:
    names = layout.logo.variants if layout.logo else ()
    forms = [(name, files) for name in names if tenant.brand.logo and (files := tenant.brand.logo.form(name))]
    needed = " or ".join(f"{name} {files.minimum_width_px} pixels wide" for name, files in forms)
    size = f"{frame.size[0]}x{frame.size[1]}"
    return LogoDoesNotFit(layout.id, size, f"{area.width}x{area.height}", needed or " or ".join(names))


def _form(slot: LogoSlot, area: PixelBox, tenant: Tenant) -> str | None:
    """Return the first form of the slot's list that is large enough and fills the area well."""
    kit = tenant.brand.logo
    covers: dict[str, int] = {}
    for name in slot.variants:
        files = kit.form(name) if kit else None
        if files:
            width, height = _largest_size(_shape(tenant, name), area)
            if width >= files.minimum_width_px:
                covers[name] = width * height
    most = max(covers.values(), default=0)
    return next((name for name, covered in covers.items() if covered >= FILLS * most), None)


def _largest_size(shape: tuple[int, int], area: PixelBox) -> tuple[int, int]:
    """Return the largest size of a shape's aspect that fits the area."""
    ratio = min(area.width / shape[0], area.height / shape[1])
    return (max(1, round(shape[0] * ratio)), max(1, round(shape[1] * ratio)))


_shapes: ContentCache[tuple[int, int]] = ContentCache(1_024)
_pictures: ContentCache[Image.Image] = ContentCache(128)


def _shape(tenant: Tenant, form: str) -> tuple[int, int]:
    sha256, load = _file(tenant, form, "dark")
    return _shapes.get(sha256, lambda: load().size)


def _file(tenant: Tenant, form: str, ink: str) -> tuple[str, Callable[[], Image.Image]]:
    """Return the hash of a logo's file, and a function that decodes it."""
    name = tenant.logo_file(ink, form)
    if name is None:
        raise ValueError(f"the brand of {tenant.id} has no {form} logo")
    return tenant.files.pictures[name].sha256, lambda: decode(tenant.files.content(name), name)


def logo_picture(tenant: Tenant, place: LogoPlace, on_light: bool) -> Image.Image:
    """Return the logo at its size, RGBA, in dark ink for light grounds and in light ink for dark ones."""
    sha256, load = _file(tenant, place.form, "dark" if on_light else "light")
    size = (place.box.width, place.box.height)
    return _pictures.get((sha256, size), lambda: load().resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
