"""What goes to the renderer and comes back, with pixels or bytes: it stays on its machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imaging.pixels.arrays import Pixels
from models.sets.ask import Area, SetAsk


@dataclass(frozen=True)
class SetGuide:
    """One picture of a set, and the files that it names, by their names.

    `caption` says what the set was told, and begins with the scene's word; `ignored_words` are those of the brief that
    it could not use.
    """

    ask: SetAsk
    files: Mapping[str, bytes]
    caption: str = ""
    ignored_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class StagedProduct:
    """How products stand in a rendered picture.

    `areas` are their rectangles in shares of the picture, in the order of `SetAsk.products`; `coverage`, (height,
    width) float32 in [0, 1], is the share of each pixel that shows a product. `relit`: they were lit by the set, as
    geometry is; a cutout is not: the picture shows its shadow and reflection without it, and its own pixels are put
    back. `light`, (rows, columns, 3), is a coarse gain, over the area of the first cutout, by which the set's light
    would change it. `blur` is the diameter of the spot that the lens makes of a point of the product, in heights of the
    picture, where the focus of a film is elsewhere.
    """

    areas: tuple[Area, ...]
    coverage: Pixels
    relit: bool
    light: Pixels | None = None
    blur: float = 0.0


@dataclass(frozen=True)
class Rendered:
    """A picture of a set, (height, width, 3) float32 in [0, 1], sRGB encoded.

    `variant` names the renderer's: scalar_rgb, llvm_ad_rgb or cuda_ad_rgb. `seconds` is its time on the clock, `cpu_s`
    that of all its threads together.
    """

    pixels: Pixels
    staged: StagedProduct | None
    variant: str
    samples: int
    denoised: bool
    seconds: float
    cpu_s: float = 0.0
