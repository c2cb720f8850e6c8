"""Checks of the clips that a brief orders in sets, and notes on what moves in them and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from foundry.brief.brief import Brief, SceneClip
from foundry.errors import Problem, shorten
from foundry.plan.clips import clip_card, first_clips, set_moves
from foundry.plan.estimate import clip_money, clip_seconds
from foundry.plan.plan import Plan
from foundry.sets.move import DEFAULT, SetMove
from foundry.sets.move_words import moves_of
from foundry.sets.placed import PlacedSet
from models.sets.moves import stands_still

MINUTE, HOUR = 60, 3_600


def check_set_clips(brief: Brief, moving: Mapping[int, SceneClip], sets: Mapping[str, PlacedSet]) -> Iterator[Problem]:
    """Yield a problem for each clip in a set in which nothing would move. `sets` by the scenes' ids."""
    turns = any(product.model for product in brief.products)
    for at, clip in moving.items():
        scene = brief.settings()[at]
        placed = sets.get(scene.id)
        moves = set_moves(scene, clip)
        if placed and all(stands_still(move.kind, placed.set, turns=turns) for move in moves):
            kinds = " and ".join(move.kind for move in moves)
            wrong = f"names {kinds}, and set {placed.set.id} has nothing that this moves"
            remedy = "add a move of the camera, such as dolly or orbit, or choose another set"
            yield Problem(f"scenes[{at}].clip", shorten(scene.id), wrong, remedy)


def set_clip_notes(plan: Plan) -> Iterator[str]:
    """Yield what moves in each scene that is filmed in a set, what does not, and what all of it costs."""
    for at, scene in enumerate(plan.scenes):
        if scene.clip and clip_card(plan, at).set:
            yield from _note_moves(plan, at, scene.clip)
    yield from _note_cost(plan)


def _note_moves(plan: Plan, at: int, clip: SceneClip) -> Iterator[str]:
    scene, placed = plan.scenes[at], plan.set_for(at)
    moves = set_moves(scene, clip)
    if clip.prompt and not clip.moves:
        read = moves_of(clip.prompt)
        if not read.named:
            yield f"Scene {scene.id}: no word of its clip names a move, so the camera comes closer ({DEFAULT})."
        if read.ignored:
            yield f"Scene {scene.id}: its clip is filmed without {', '.join(read.ignored[:12])}, which no move is."
    pictures = [product.id for product in plan.products if not product.model]
    for move in moves:
        if placed and stands_still(move.kind, placed.set, turns=True):
            yield f"Scene {scene.id}: set {placed.set.id} has nothing that {move.kind} moves."
        yield from _note_cutouts(scene.id, move, pictures)


def _note_cutouts(scene: str, move: SetMove, pictures: list[str]) -> Iterator[str]:
    """Yield a note if products that are pictures cannot be seen as a move would show them."""
    if not pictures:
        return
    who = pictures[0] if len(pictures) == 1 else f"{pictures[0]} and {len(pictures) - 1} more"
    if move.kind == "turntable":
        yield f"Scene {scene}: {who} stands still on the turntable; only a product with a model turns."
    elif move.kind == "orbit":
        yield f"Scene {scene}: {who} shows the same side to the camera that moves around it; a model shows the others."


def _note_cost(plan: Plan) -> Iterator[str]:
    """Yield the time and the price of all clips in sets, at the cards' prices."""
    alternatives = plan.brief.alternatives
    clips = [(shot, clip) for shot, clip in first_clips(plan).values() if clip.shot]
    if not clips:
        return
    frames = alternatives * sum(clip.frames for _, clip in clips)
    seconds = alternatives * sum(clip_seconds(plan, shot, clip) for shot, clip in clips)
    money = alternatives * sum(clip_money(plan, shot, clip) for shot, clip in clips)
    largest = max((clip for _, clip in clips), key=lambda clip: clip.width_px * clip.height_px)
    yield (
        f"Films in sets are dear: {frames:,} frames of up to {largest.width_px} x {largest.height_px} pixels are "
        f"rendered one by one, about {_duration(Decimal(seconds))} and {money:.2f} USD at the card's price. "
        "Shorter clips (`seconds`), fewer scenes that move and fewer aspects cost less."
    )


def _duration(seconds: Decimal) -> str:
    if seconds < HOUR:
        return f"{max(1, round(seconds / MINUTE))} min"
    return f"{seconds / HOUR:.1f} h"
