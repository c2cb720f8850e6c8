"""The cost of a plan, and the part that exists already. Memory does not grow with the variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.finished import each_finished, is_finished, with_finished
from foundry.plan.clip import ClipOrder, clip_cost
from foundry.plan.clips import clip_card, count_showings, first_clips, plan_clips
from foundry.plan.composition import master_size
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.plan.shot_plan import Cell
from foundry.plan.work import WorkToDo
from foundry.store.object_store import ASKED_AT_ONCE, ObjectStore

RENDER_MONEY = Decimal("0.00001")
"""US dollars per rendition: `RENDER_SECONDS` of a vCPU at 0.04 USD an hour, rounded up, and storage."""
RENDER_SECONDS = Decimal("0.1")
"""Processor seconds per rendition, where nothing was measured yet."""
MASTER_BITS_PER_PIXEL = {8: Decimal(7), 16: Decimal(25)}
"""Bits of the file per pixel, by the master's bits per channel."""
RENDITION_BITS_PER_PIXEL = {
    "jpeg": Decimal("1.3"), "png": Decimal(8), "webp": Decimal("0.8"), "avif": Decimal("0.6"), "jxl": Decimal("0.9"),
    "gif": Decimal(4), "tiff": Decimal(40), "pdf": Decimal(6),
}  # fmt: skip
FILM_BITS_PER_PIXEL = {
    "h264": Decimal("0.1"), "hevc": Decimal("0.07"), "av1": Decimal("0.05"), "vp9": Decimal("0.07"),
    "prores": Decimal("3.5"), "webp": Decimal("0.3"), "gif": Decimal(2),
}  # fmt: skip
"""Bits of the file per pixel of every frame."""
CLIP_BITS_PER_PIXEL = Decimal(16)
"""Bits of the file per pixel of every frame: lossless, three channels of 10 bits."""
FILM_MONEY = Decimal("0.0000005")
"""US dollars for a million pixels of film: `FILM_SECONDS` of a vCPU at 0.04 USD an hour."""
FILM_SECONDS = Decimal("0.045")
"""Processor seconds for a million pixels of film, where nothing was measured yet."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Figures of work to do; money in US dollars."""

    shots: int = 0
    variants: int = 0
    accelerator_seconds: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    size_bytes: int = 0
    clips: int = 0


def shot_money(cards: Cards) -> Decimal:
    """Return US dollars for one finished master of a scene with these cards."""
    return sum((c.unit_cost.money for c in (cards.generate, cards.upscale, cards.screen)), Decimal(0))


def refused_shot_money(cards: Cards, pictures: int) -> Decimal:
    """Return US dollars for the pictures of a shot that was drawn and refused: each was drawn and screened."""
    return pictures * sum((card.unit_cost.money for card in (cards.generate, cards.screen)), Decimal(0))


def shot_seconds(cards: Cards) -> Decimal:
    """Return accelerator seconds for one finished master of a scene with these cards."""
    each = (cards.generate, cards.upscale, cards.screen)
    return sum((card.unit_cost.accelerator_seconds for card in each), Decimal(0))


def clip_money(plan: Plan, shot: ShotOrder, clip: ClipOrder) -> Decimal:
    """Return US dollars for the clip of a shot."""
    return clip_cost(clip_card(plan, shot.scene), clip).money


def clip_seconds(plan: Plan, shot: ShotOrder, clip: ClipOrder) -> Decimal:
    """Return accelerator seconds for the clip of a shot."""
    return clip_cost(clip_card(plan, shot.scene), clip).accelerator_seconds


def clip_bytes(clip: ClipOrder) -> int:
    """Return a usual size of a clip's lossless file."""
    return int(clip.width_px * clip.height_px * clip.frames * CLIP_BITS_PER_PIXEL / 8)


def rendition_bytes(cell: Cell) -> int:
    """Return a usual file size for a placement, never above its limit."""
    placement, timeline = cell.placement, cell.timeline
    pixels = placement.width_px * placement.height_px
    if timeline is not None and placement.motion is not None:
        usual = int(pixels * timeline.frames * FILM_BITS_PER_PIXEL[placement.motion.codecs[0]] / 8)
    else:
        usual = int(pixels * RENDITION_BITS_PER_PIXEL[placement.formats[0]] / 8)
    return min(usual, placement.max_bytes)


def rendition_money(cell: Cell) -> Decimal:
    """Return US dollars for rendering one file; for a film, as if it shared its frames with no other locale."""
    placement = cell.placement
    if cell.timeline is None:
        return RENDER_MONEY
    return RENDER_MONEY + FILM_MONEY * placement.width_px * placement.height_px * cell.timeline.frames / 1_000_000


def shot_share(plan: Plan, shot: ShotOrder) -> Decimal:
    """Return each file's share of the cost of a shot that it shows; 0 if no file shows the shot."""
    files = plan.files_showing(shot)
    return shot_money(plan.cards_for(shot.scene)) / files if files else Decimal(0)


def clip_share(plan: Plan, shot: ShotOrder, clip: ClipOrder) -> Decimal:
    """Return a film's share of the cost of a clip, for each time that it shows the clip."""
    return clip_money(plan, shot, clip) / count_showings(plan, shot)


def master_bytes(bucket: str, upscaler: ModelCard) -> int:
    """Return a usual size of a master's lossless file."""
    width, height = master_size(bucket, upscaler)
    return int(width * height * MASTER_BITS_PER_PIXEL[upscaler.bits] / 8)


def estimate_plan(plan: Plan) -> Estimate:
    """Return the figures of the whole order, as if nothing existed, without walking the variants."""
    alternatives = plan.brief.alternatives
    size, money, seconds = 0, Decimal(0), Decimal(0)
    for bucket, _, locales in plan.sides:
        for scene in range(len(plan.scenes)):
            cards, masters = plan.cards_for(scene), len(plan.subjects) * alternatives
            size += masters * master_bytes(bucket, cards.upscale)
            money += masters * shot_money(cards)
            seconds += masters * shot_seconds(cards)
        for cell in plan.cells[bucket]:
            per_locale = len(plan.products) * alternatives * (1 if cell.timeline else len(plan.scenes))
            size += per_locale * len(locales) * rendition_bytes(cell)
            money += per_locale * len(locales) * rendition_money(cell)
    filmed = first_clips(plan).values()
    for shot, clip in filmed:
        size += alternatives * clip_bytes(clip)
        money += alternatives * clip_money(plan, shot, clip)
        seconds += alternatives * clip_seconds(plan, shot, clip)
    return Estimate(
        shots=plan.shot_count,
        variants=plan.variant_count,
        accelerator_seconds=seconds,
        money=money,
        size_bytes=size,
        clips=alternatives * len(filmed),
    )


@dataclass(kw_only=True)
class Needs:
    """The parts of a plan that a store lacks; `work` says them by kind of work."""

    shots_to_draw: int = 0
    shots_reused: int = 0
    clips_to_film: int = 0
    clips_reused: int = 0
    variants_to_make: int = 0
    variants_only_rendered: int = 0
    variants_reused: int = 0
    size_bytes: int = 0
    money: Decimal = Decimal(0)
    accelerator_seconds: Decimal = Decimal(0)
    by_placement: dict[str, list[int]] = field(default_factory=dict)
    work: WorkToDo = field(default_factory=WorkToDo)

    @property
    def nothing(self) -> bool:
        """True if everything exists."""
        return self.files == 0

    @property
    def files(self) -> int:
        """The number of files that do not exist."""
        return self.variants_to_make + self.variants_only_rendered


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a run made of a plan: counts, bytes by their usual sizes, and US dollars at the cards' prices.

    `money` includes `refused_money`, which was paid for drawings that were refused.
    """

    shots: int = 0
    clips: int = 0
    files: int = 0
    size_bytes: int = 0
    money: Decimal = Decimal(0)
    refused_money: Decimal = Decimal(0)


def made_between(before: Needs, after: Needs, refused_money: Decimal = Decimal(0)) -> Made:
    """Return what was made of a plan, by what its store lacked before and lacks now."""
    return Made(
        shots=max(before.shots_to_draw - after.shots_to_draw, 0),
        clips=max(before.clips_to_film - after.clips_to_film, 0),
        files=max(before.files - after.files, 0),
        size_bytes=max(before.size_bytes - after.size_bytes, 0),
        money=max(before.money - after.money, Decimal(0)) + refused_money,
        refused_money=refused_money,
    )


def count_needs(plan: Plan, store: ObjectStore) -> Needs:
    """Walk the plan once and ask the store for each name; return the sums."""
    found = Needs(by_placement={p.name: [0, 0, 0] for p in plan.placements})

    @lru_cache(maxsize=64)
    def finished(record: str) -> bool:
        return is_finished(store, record)

    shots = plan.shots()
    while some := tuple(islice(shots, ASKED_AT_ONCE)):
        _count_some(plan, found, dict(with_finished(store, some, attrgetter("record"))), store, finished)
    _count_clips(plan, found, store)
    cells = {cell.placement.name: cell for bucket in plan.cells.values() for cell in bucket}
    for placement, (new, rendered, reused) in found.by_placement.items():
        found.variants_to_make += new
        found.variants_only_rendered += rendered
        found.variants_reused += reused
        found.size_bytes += (new + rendered) * rendition_bytes(cells[placement])
        found.money += (new + rendered) * rendition_money(cells[placement])
    return found


def _count_some(
    plan: Plan, found: Needs, drawn: Mapping[ShotOrder, bool], store: ObjectStore, finished: Callable[[str], bool]
) -> None:
    """Count some shots, of which it is known whether they are drawn, and their files; the store is asked once for each.

    `finished` tells whether another shot or a clip that a film shows is there.
    """
    lacking = set()
    files = ((place, variant) for shot in drawn for place, variant in enumerate(plan.variants(shot)))
    for (place, variant), exists in with_finished(store, files, lambda file: file[1].record):
        seen = [other.record for other in variant.scenes]
        seen += [clip.record for clip in variant.clips if clip]
        there = drawn[variant.shot] and all(map(finished, seen))
        column = 2 if exists else 1 if there else 0
        found.by_placement[variant.placement.name][column] += 1
        if not exists:
            lacking.add(variant.shot)
            found.work.add_file(plan, place, variant)
    for shot, there in drawn.items():
        _count_shot(plan, found, shot, not there and (shot in lacking or _lacks_later_film(plan, shot, store)))


def _lacks_later_film(plan: Plan, shot: ShotOrder, store: ObjectStore) -> bool:
    return not all(each_finished(store, (film.record for film in plan.later_films(shot))))


def _count_shot(plan: Plan, found: Needs, shot: ShotOrder, missing: bool) -> None:
    if not missing:
        found.shots_reused += 1
        return
    found.shots_to_draw += 1
    cards = plan.cards_for(shot.scene)
    found.size_bytes += master_bytes(shot.bucket, cards.upscale)
    found.money += shot_money(cards)
    found.accelerator_seconds += shot_seconds(cards)
    found.work.add_shot(plan, shot)


def _count_clips(plan: Plan, found: Needs, store: ObjectStore) -> None:
    """Count clips that do not exist and that a film without a record shows; each clip once."""
    wanted: dict[str, bool] = {}
    for shot, clip in plan_clips(plan):
        if not wanted.get(clip.name):
            wanted[clip.name] = not is_finished(store, clip.record) and film_missing(plan, shot, clip, store)
            if wanted[clip.name]:
                found.size_bytes += clip_bytes(clip)
                found.money += clip_money(plan, shot, clip)
                found.accelerator_seconds += clip_seconds(plan, shot, clip)
                found.work.add_clip(plan, shot, clip)
    found.clips_to_film = sum(wanted.values())
    found.clips_reused = len(wanted) - found.clips_to_film


def film_missing(plan: Plan, shot: ShotOrder, clip: ClipOrder, store: ObjectStore) -> bool:
    """Return True if a film that shows this shot's clip does not exist. `store` is the tenant's."""
    showing = (v.record for v in plan.showing(shot) if any(c and c.name == clip.name for c in v.clips))
    return not all(each_finished(store, showing))
