"""The clips of a plan: the scenes that move, in the films that show them. All locales share a clip.

A clip belongs to the shot of its scene: it has the size in which the card films that aspect bucket, and there is one
for each alternative. A card that starts from a picture starts from the shot's master, so the product stays as it was
staged; a card that films from words alone films the scene without the product. A card that renders sets films the
arrangement of the shot's master, with the moves that the clip names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from foundry.brief.brief import Scene, SceneClip
from foundry.card.card import ModelCard
from foundry.errors import BadInput
from foundry.plan.clip import ClipOrder, Scenario, clip_order, frames_for
from foundry.plan.shot import ShotOrder
from foundry.plan.shot_plan import ShotPlan
from foundry.sets.move import DEFAULT, MOVES, SetMove, moves_from
from foundry.sets.move_words import moves_of

FROM_WORDS, FROM_PICTURE = "text-to-video", "image-to-video"
TASKS = (FROM_WORDS, FROM_PICTURE)
SET_CLIP_SECONDS = Decimal(4)
"""The length of a clip in a set that asks for none."""


def has_clips(plan: ShotPlan) -> bool:
    """Return True if any scene of the brief moves."""
    return any(scene.clip for scene in plan.scenes)


def clip_card(plan: ShotPlan, scene: int) -> ModelCard:
    """Return the card that films a scene's clips: that of its set, or else the tenant's.

    Admission refuses plans with clips and no card.
    """
    card = plan.cards_for(scene).clip
    if card is None:
        raise BadInput(f"tenant {plan.tenant.id}: models.clip", "names no card; name one that films")
    return card


def clip_cards(plan: ShotPlan) -> dict[str, ModelCard]:
    """Return the cards that film the plan's clips, by digest."""
    cards = (clip_card(plan, at) for at, scene in enumerate(plan.scenes) if scene.clip)
    return {card.digest: card for card in cards}


def clip_of(plan: ShotPlan, shot: ShotOrder) -> ClipOrder | None:
    """Return the clip that films show in place of a shot; None if the scene is a still."""
    scene = plan.scenes[shot.scene]
    if scene.clip is None:
        return None
    card = clip_card(plan, shot.scene)
    first = shot.master if is_of_one_shot(card) else None
    scenario = Scenario(
        _prompt(plan, shot, scene, scene.clip), clip_negative_prompt(plan, scene, scene.clip), first,
        clip_frames(card, scene.clip), _judges(plan),
    )  # fmt: skip
    if card.set:
        scenario = replace(scenario, moves=set_moves(scene, scene.clip), shot=shot)
    return replace(clip_order(card, plan.tenant.id, scenario, shot.bucket, shot.alternative), plan=plan.digest)


def is_of_one_shot(card: ModelCard) -> bool:
    """Return True if the card's clips belong to one shot each, whose master they begin with or whose set they show."""
    return card.task == FROM_PICTURE or card.set is not None


def set_moves(scene: Scene, clip: SceneClip) -> tuple[SetMove, ...]:
    """Return what moves in a scene's set: the moves that its clip names, or else those of the words.

    Without a prompt of its own, the camera comes closer, and what moves by itself in the scene's words moves.
    """
    if clip.moves:
        return moves_from(clip.moves)
    if clip.prompt:
        return moves_of(clip.prompt).moves
    steady = (move for move in moves_of(scene.prompt).moves if MOVES[move.kind].steady)
    return SetMove(kind=DEFAULT), *steady


def _judges(plan: ShotPlan) -> str:
    """Return names of all that a clip must pass: the card of the screen, and the pictures that it must not resemble."""
    return "/".join(part for part in (plan.cards.screen.digest, plan.tenant.protected_digest) if part)


def _prompt(plan: ShotPlan, shot: ShotOrder, scene: Scene, clip: SceneClip) -> str:
    """Return the words for what happens; for a product without a picture, its description too."""
    said, shown = clip.prompt or scene.prompt, plan.subjects[shot.subject]
    return said if shown.picture else f"{said}. {shown.words}"


def clip_negative_prompt(plan: ShotPlan, scene: Scene, clip: SceneClip) -> str:
    """Return the clip's negative prompt, the scene's and the brief's, joined."""
    return ", ".join(part for part in (clip.negative_prompt, plan.brief.avoid(scene)) if part)


def clip_frames(card: ModelCard, clip: SceneClip) -> int:
    """Return the frames of a clip, 0 for the card's own length; Unusable if the card films no such length."""
    seconds = clip.seconds
    if card.set and seconds is None:
        seconds = min(SET_CLIP_SECONDS, Decimal(card.frames) / card.frames_per_second)
    frames = frames_for(card, seconds) if seconds is not None else 0
    return 0 if frames == card.frames else frames


def clips_shown(plan: ShotPlan, scenes: tuple[ShotOrder, ...]) -> tuple[ClipOrder | None, ...]:
    """Return the clip of each shot of a film, None for a still; an empty tuple if none of the shots moves."""
    if not any(plan.scenes[shot.scene].clip for shot in scenes):
        return ()
    return tuple(clip_of(plan, shot) for shot in scenes)


def plan_clips(plan: ShotPlan) -> Iterator[tuple[ShotOrder, ClipOrder]]:
    """Yield every clip that a film shows, with its shot; a clip filmed from words may belong to several shots."""
    if not has_clips(plan):
        return
    shown = {bucket: scenes_in_films(plan, bucket) for bucket in plan.cells}
    for shot in plan.shots():
        if shot.scene in shown[shot.bucket] and (clip := clip_of(plan, shot)):
            yield shot, clip


def scenes_in_films(plan: ShotPlan, bucket: str) -> frozenset[int]:
    """Return the positions in the plan of the scenes that films of an aspect bucket show."""
    return frozenset(scene for cell in plan.cells[bucket] for scene in plan.scenes_of(cell))


def first_clips(plan: ShotPlan) -> dict[str, tuple[ShotOrder, ClipOrder]]:
    """Return the different clips of the first alternative, each with a shot of it, by name.

    Every other alternative has as many.
    """
    if not has_clips(plan):
        return {}
    found = {}
    for subject in range(len(plan.subjects)):
        for bucket, mirrored, _ in plan.sides:
            for scene in sorted(scenes_in_films(plan, bucket)):
                shot = plan.shot(subject, scene, bucket, mirrored, 0)
                if clip := clip_of(plan, shot):
                    found[clip.name] = (shot, clip)
    return found


def count_showings(plan: ShotPlan, shot: ShotOrder) -> int:
    """Return how often films show the clip of this shot; the showings share its cost."""
    if is_of_one_shot(clip_card(plan, shot.scene)):
        return _count_showings(plan, plan.subjects[shot.subject].products, shot.scene, shot.bucket, shot.mirrored)
    products = products_told_alike(plan, shot.subject)
    return sum(
        _count_showings(plan, products, scene, bucket, mirrored)
        for scene in scenes_filmed_alike(plan, shot.scene)
        for bucket, mirrored, _ in plan.sides
        if bucket == shot.bucket
    )


def _count_showings(plan: ShotPlan, products: tuple[int, ...], scene: int, bucket: str, mirrored: bool) -> int:
    films = sum(scene in plan.scenes_of(cell) for cell in plan.cells[bucket])
    return len(products) * films * len(plan.locales_on(bucket, mirrored))


def products_told_alike(plan: ShotPlan, subject: int) -> tuple[int, ...]:
    """Return the positions of the products whose clips are described with the same words as this subject's.

    Those are all products with a picture, which get no words.
    """
    shown = plan.subjects[subject]
    return shown.products if shown.picture is None else plan.pictured


def scenes_filmed_alike(plan: ShotPlan, scene: int) -> list[int]:
    """Return the scenes whose clips are filmed from the same words, at the same length."""

    def inputs(at: int) -> tuple[str, str, int, str] | None:
        one = plan.scenes[at]
        if one.clip is None:
            return None
        card = clip_card(plan, at)
        return (
            one.clip.prompt or one.prompt,
            clip_negative_prompt(plan, one, one.clip),
            clip_frames(card, one.clip),
            card.digest,
        )

    return [at for at in range(len(plan.scenes)) if inputs(at) == inputs(scene)]
