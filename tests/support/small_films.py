"""A small film to test with: two pictures, a second of each, 180 × 320."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from PIL import Image

from foundry.channel.placement import Motion, Placement, SafeArea, placements
from foundry.plan.shot import MasterFacts
from foundry.plan.timeline import Template, film_templates
from foundry.plan.variant import Variant
from pipelines.planning.admission import Admitted
from tests.imaging.still.test_matrix import a_master
from tests.support.briefs import admitted

SMALL = Placement(
    name="test/reel", title="Reel", size=(180, 320), formats=("mp4",), max_bytes=4_000_000, family="story",
    bucket="story", safe_area=SafeArea(top=100, right=60, bottom=120, left=60),
    motion=Motion(seconds=(Decimal(2), Decimal(2)), rates=(Decimal(24),), codecs=("h264",)),
    source="tests", read_on=date(2026, 11, 25), confidence="own",
)  # fmt: skip
WORDS = {
    "en-US": {"headline": "Wake up", "call_to_action": "Shop"},
    "de-DE": {"headline": "Guten Tag", "call_to_action": "Los"},
}


def with_small(monkeypatch: Any, placement: Placement = SMALL) -> None:
    """Make the small placement known to plans, as a channel file would."""
    known = {**placements(), placement.name: placement}
    monkeypatch.setattr("foundry.channel.placement.placements", lambda: known)


def ordered(folder: Any, monkeypatch: Any, **changes: Any) -> Admitted:
    """The test brief with two scenes, for the small placement."""
    with_small(monkeypatch)
    scenes = [{"id": "wall", "prompt": "Plaster wall"}, {"id": "arch", "prompt": "An arch"}]
    wanted: dict[str, Any] = {"scenes": scenes, "messages": WORDS, "placements": ["test/reel"], **changes}
    return admitted(folder, **wanted)


def a_picture(at: int) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], MasterFacts]:
    """A soft scene, in another tint for every position, with fine lines that would show a camera's tremble."""
    image, facts = a_master("story")
    pixels = np.asarray(image).copy()
    pixels[::9, :, at % 3] //= 2
    return pixels, facts


def first_variant(plan: Any, locale: str) -> Variant:
    """The film in a locale."""
    return next(v for shot in plan.shots() for v in plan.variants(shot) if v.locale == locale)


def a_template(name: str = "story-15s") -> Template:
    """One of the shipped templates."""
    return film_templates()[name]


def flat(colour: str) -> Image.Image:
    """A small layer."""
    return Image.new("RGBA", (20, 10), colour)
