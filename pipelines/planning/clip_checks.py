"""Checks of the clips that a brief orders, and notes on those that can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from foundry.brief.brief import Brief, SceneClip
from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.channel.placement import Placement
from foundry.errors import Problem, Unusable, shorten
from foundry.plan.clips import FROM_WORDS, clip_cards, clip_frames, clip_of, has_clips
from foundry.plan.plan import Plan
from foundry.plan.shot_plan import Cell
from foundry.plan.timeline import Timeline, ordered_timeline
from foundry.sets.placed import PlacedSet
from foundry.tenant import Tenant
from pipelines.planning.set_clip_checks import check_set_clips, set_clip_notes

Films = tuple[tuple[Placement, Timeline], ...]
Clips = dict[int, SceneClip]
"""The clips of scenes that move, by the scenes' positions in the brief."""


def check_clips(
    brief: Brief, tenant: Tenant, cards: Cards, placements: tuple[Placement, ...], sets: Iterable[PlacedSet] = ()
) -> Iterator[Problem]:
    """Yield every reason why clips cannot be filmed or would not be seen; none for a brief whose scenes are all stills.

    `placements` are the brief's, resolved; `sets` are those of its scenes.
    """
    moving = {at: scene.clip for at, scene in enumerate(brief.settings()) if scene.clip}
    if not moving:
        return
    films = tuple(
        (placement, timeline) for placement in placements if (timeline := ordered_timeline(brief.film, placement))
    )
    yield from _check_seen(brief, films)
    yield from check_set_clips(brief, moving, {placed.scene: placed for placed in sets})
    for card, some in _by_card(brief, cards, moving).values():
        yield from _check_card(brief, tenant, card, some, films)


def _by_card(brief: Brief, cards: Cards, moving: Clips) -> dict[str, tuple[ModelCard | None, Clips]]:
    """Return the clips by the card that films them; "" stands for none. Scenes of unknown cards are left out."""
    found: dict[str, tuple[ModelCard | None, Clips]] = {}
    for at, clip in moving.items():
        model = brief.settings()[at].model
        if cards.knows(model):
            card = cards.of(model).clip
            found.setdefault(card.digest if card else "", (card, {}))[1][at] = clip
    return found


def _check_card(brief: Brief, tenant: Tenant, card: ModelCard | None, moving: Clips, films: Films) -> Iterator[Problem]:
    """Yield the problems of the clips that one card is to film."""
    first = brief.settings()[min(moving)]
    where = f"tenant {tenant.id}: models.clip"
    if card is None:
        remedy = "name one there, such as a Wan or LTX card of yours, or leave the clips out"
        yield Problem(where, "", f"is missing, and scene {first.id!r} is to move", remedy)
        return
    if card.set:
        where = f"scenes[{min(moving)}].model" if first.model else f"tenant {tenant.id}: models.generate"
    if objection := card.objection(tenant.id):
        yield objection.at(where)
    if wrong := _find_unfit(card):
        yield wrong.at(where)
        return
    yield from _check_sizes(brief, card, films, where, moving)
    for at, clip in moving.items():
        if clip.moves and not card.set:
            said = f"are for scenes in sets, and card {card.name} films with a model"
            remedy = "say what moves in the clip's prompt, or draw the scene with a card that renders sets"
            yield Problem(f"scenes[{at}].clip.moves", "", said, remedy)
        try:
            clip_frames(card, clip)
        except Unusable as error:
            yield error.at(f"scenes[{at}].clip.seconds", str(clip.seconds))


def _shown(brief: Brief, timeline: Timeline) -> tuple[int, ...]:
    return timeline.pictures(len(brief.settings()))


def _check_seen(brief: Brief, films: Films) -> Iterator[Problem]:
    """Yield a problem for each clip that no film would show."""
    shown = {at for _, timeline in films for at in _shown(brief, timeline)}
    for at, scene in enumerate(brief.settings()):
        if scene.clip is None or at in shown:
            continue
        if films:
            names = ", ".join(sorted({timeline.template for _, timeline in films}))
            wrong = f"would be seen in no film: the timelines ({names}) show {len(shown)} of the scenes"
            remedy = "move the scene up, choose another film.template, or leave its clip out"
        else:
            wrong = "would be seen nowhere: none of the placements takes a film"
            remedy = "add one that does, such as the set video, or leave the clip out"
        yield Problem(f"scenes[{at}].clip", shorten(scene.id), wrong, remedy)


def _find_unfit(card: ModelCard) -> Unusable | None:
    if not card.has_weights and not card.set:
        wrong = "has no weights; clips are filmed with weights that are here"
        return Unusable(card.name, wrong, "name a card of a diffusers video folder")
    if card.frames < 2 or card.frames_per_second < 1:
        said = f"says {card.frames} frames at {card.frames_per_second} a second"
        return Unusable(card.name, said, "give the card the frames and frames_per_second that it films")
    if card.optimisations.any:
        return Unusable(card.name, "has optimisations, which are not offered for video", "leave them out of the card")
    return None


def _check_sizes(brief: Brief, card: ModelCard, films: Films, where: str, moving: Clips) -> Iterator[Problem]:
    shown = {placement.bucket for placement, timeline in films if any(at in moving for at in _shown(brief, timeline))}
    for bucket in sorted(shown - set(card.sizes)):
        wrong = f"films no {bucket} clips, only {', '.join(card.sizes) or 'none'}"
        remedy = "give it that size, or leave those placements or the clips out"
        yield Problem(where, shorten(card.name), wrong, remedy)


def clip_notes(plan: Plan) -> Iterator[str]:
    """Yield what an editor should know of the clips that a plan makes."""
    if not has_clips(plan):
        return
    for card in clip_cards(plan).values():
        if card.task == FROM_WORDS:
            yield (
                f"Card {card.name} films from words alone, so no clip shows the product; it is seen on the "
                "films' cards, in scenes without a clip and in stills."
            )
    yield from set_clip_notes(plan)
    for bucket, cells in plan.cells.items():
        mirrored = next(turned for side, turned, _ in plan.sides if side == bucket)
        for cell in cells:
            yield from _note_held_frames(plan, cell, bucket, mirrored)


def _note_held_frames(plan: Plan, cell: Cell, bucket: str, mirrored: bool) -> Iterator[str]:
    """Yield a note for each clip that is over before its scene is."""
    if cell.timeline is None:
        return
    longest: dict[int, Decimal] = {}
    for take in cell.timeline.takes:
        if take.card is None:
            scene = plan.film_scenes[take.picture % len(plan.film_scenes)]
            seconds = Decimal(take.frames * cell.timeline.rate[1]) / cell.timeline.rate[0]
            longest[scene] = max(longest.get(scene, Decimal(0)), seconds)
    for scene, seconds in longest.items():
        clip = clip_of(plan, plan.shot(0, scene, bucket, mirrored, 0))
        lasts = Decimal(clip.frames) / clip.frames_per_second if clip else seconds
        if lasts < seconds:
            yield (
                f"The clip of scene {plan.scenes[scene].id} lasts {lasts:.2f} s; in {cell.placement.name} its scene "
                f"lasts {seconds:.2f} s, and the last frame stands until then."
            )
