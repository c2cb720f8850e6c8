"""Requests before they are drawn: the check of their guides, and groups that one call can draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.diffusion.modes import mode_of
from models.diffusion.refusals import GuideRefused
from models.drawing import DrawRequest, Guide


def check_guide(request: DrawRequest, guide: Guide, *, control: bool, reference: bool) -> None:
    """Refuse a guide whose pictures are missing, left over or of another size, or that leaves no step to draw.

    `control` and `reference` are whether the order has an adapter that needs such a picture.
    """
    order = request.order
    shape = (order.height_px, order.width_px)
    pictures = {"image": guide.image, "mask": guide.mask, "control": guide.control}
    for name, picture in pictures.items():
        if picture is not None and picture.shape[:2] != shape:
            size = f"{picture.shape[1]}x{picture.shape[0]}"
            raise GuideRefused(
                order.key, f"has its {name} at {size}, and the drawing is {shape[1]}x{shape[0]}; scale it"
            )
    if guide.mask is not None and guide.image is None:
        raise GuideRefused(order.key, "has a mask and no image; give the image that the mask keeps")
    for name, given, wanted in (("control", guide.control, control), ("reference", guide.reference, reference)):
        kind = "ControlNet" if name == "control" else "IP-Adapter"
        if (given is not None) != wanted:
            wrong = f"has no {name} picture for its {kind}" if wanted else f"has a {name} picture and no {kind}"
            raise GuideRefused(order.key, f"{wrong}; give both or neither")
    if guide.image is not None and int(order.steps * guide.strength) < 1:
        why = f"redraws {guide.strength} of {order.steps} steps, which is none; raise the strength or the steps"
        raise GuideRefused(order.key, why)


def group_alike(batch: Sequence[DrawRequest], most: int) -> Iterator[list[int]]:
    """Yield positions of requests that one call can draw, at most `most` at a time; one adapter set after another."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, request in enumerate(batch):
        order, guide = request.order, request.guide or Guide()
        size = (order.width_px, order.height_px, order.steps, bool(order.negative_prompt))
        kind = (mode_of(request.guide), guide.strength, guide.control is None, id(guide.reference))
        groups.setdefault((order.adapters, *size, *kind), []).append(position)
    first = {adapters: at for at, (adapters, *_) in reversed(list(enumerate(groups)))}
    for _, positions in sorted(groups.items(), key=lambda group: first[group[0][0]]):
        for start in range(0, len(positions), most):
            yield positions[start : start + most]
