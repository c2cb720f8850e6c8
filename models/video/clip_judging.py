"""Judging of clips by a screen: the first, the middle and the last frame must pass the judges of pictures.

Some judges do not apply to clips. A clip may leave the palette and be soft where it moves, and alternatives of a scene
are alike. A clip that starts from a master shows the product, whose label is writing and may have a face on it.
"""

from __future__ import annotations

from dataclasses import replace

from foundry.card.card import ModelCard
from foundry.manifest import CheckRecord
from foundry.plan.clip import ClipOrder
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.drawing import Drawn, DrawRequest
from models.plan_routing import LoadedByCard
from models.screening.context import ScreenContext
from models.screening.screen import Screen

ALWAYS = ("contrast", "clipped", "unsafe", "likeness")
"""Thresholds that apply to every clip."""
WITHOUT_PRODUCT = ("text", "faces")
"""Thresholds that apply to a clip which does not start from a product's picture."""
PLACES = ("first", "middle", "last")


class ClipScreens:
    """The screens that one process judges clips with, each loaded once."""

    def __init__(self) -> None:
        self._screens = LoadedByCard()

    def judge(
        self, card: ModelCard, context: ScreenContext, order: ClipOrder, frames: tuple[Pixels, ...]
    ) -> tuple[CheckRecord, ...]:
        """Judge the frames of a clip, (height, width, 3) float32 in [0, 1]; each check names its frame."""
        applicable = clip_screen_card(card, order)
        screen: Screen = self._screens.get(applicable, lambda: Screen(applicable, context).load())
        shot = shot_of_clip(order)
        return tuple(
            replace(check, name=f"{check.name}, {place} frame")
            for place, pixels in zip(PLACES[-len(frames) :], frames, strict=True)
            for check in screen.judge(Drawn(DrawRequest(shot, 0), pixels, "", ()))
        )


def clip_screen_card(card: ModelCard, order: ClipOrder) -> ModelCard:
    """Return the screen's card with only the thresholds that apply to this clip."""
    applicable = ALWAYS if order.first_frame else (*ALWAYS, *WITHOUT_PRODUCT)
    thresholds = {name: limit for name, limit in card.thresholds.items() if name in applicable}
    return card.model_copy(update={"thresholds": thresholds})


def shot_of_clip(order: ClipOrder) -> ShotOrder:
    """Return a shot with what judges ask of an order: its tenant, its plan, and what it must avoid."""
    return ShotOrder(
        name=order.name,
        plan=order.plan,
        tenant=order.tenant,
        subject=0,
        scene=0,
        bucket="",
        mirrored=False,
        alternative=0,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        palette=(),
        picture=order.first_frame,
        width_px=order.width_px,
        height_px=order.height_px,
        steps=order.steps,
        model=order.model,
    )
