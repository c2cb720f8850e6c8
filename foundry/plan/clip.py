"""Clips: the orders for a video model, and the lineage of stored clips."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from foundry.card.card import ModelCard, UnitCost
from foundry.errors import FoundryError, Unusable
from foundry.manifest import Attempt, attempts_from_json
from foundry.names import digest
from foundry.plan.shot import ShotOrder
from foundry.sets.move import SetMove
from foundry.spent import NOTHING_SPENT, Spent, spent_from_json

CLIP_VERSION = "1"
"""Changes with anything besides its inputs that changes a clip's bytes: codec, conversion of frames to samples."""

SET_CLIP_VERSION = "1"
"""Changes with anything besides its inputs that changes how things move in sets."""


class NoFirstFrame(FoundryError):
    """An order and its card disagree about a first frame."""

    code = "no_first_frame"

    def __init__(self, card: str, task: str, given: str) -> None:
        super().__init__(card, task, given)
        self.card, self.task, self.given = card, task, given

    def __str__(self) -> str:
        if self.task == "image-to-video":
            return f"card {self.card} does {self.task}, but the order names no first frame; name a master"
        return f"card {self.card} does {self.task} and takes no first frame; leave out {self.given!r}"


@dataclass(frozen=True)
class Scenario:
    """The content of a clip: words, and for image-to-video the object name of the picture that it starts from.

    frames: the length; 0 for the card's own.
    screen: the name of the judge of the clip, if there is one.
    moves: what moves in the set that `shot`, whose master is the first frame, is a picture of; none for a video model.
    """

    prompt: str
    negative_prompt: str = ""
    first_frame: str | None = None
    frames: int = 0
    screen: str = ""
    moves: tuple[SetMove, ...] = ()
    shot: ShotOrder | None = None


@dataclass(frozen=True, kw_only=True)
class ClipOrder:
    """One clip to film. Small, since it crosses shuffles: `first_frame` is an object name, `model` a card's digest.

    `plan` is the digest of a plan that orders the clip. It enters no name, because several plans may order it. `shot`
    and `moves` are those of a clip that is filmed in a set.
    """

    name: str
    tenant: str
    prompt: str
    negative_prompt: str
    first_frame: str | None
    width_px: int
    height_px: int
    frames: int
    frames_per_second: int
    steps: int
    model: str
    plan: str = ""
    moves: tuple[SetMove, ...] = ()
    shot: ShotOrder | None = None

    @property
    def clip(self) -> str:
        """Object name of the clip master."""
        return f"clips/{self.name[:2]}/{self.name}.mkv"

    @property
    def record(self) -> str:
        """Object name of the clip's record; it is written last and means that the clip is done."""
        return f"clips/{self.name[:2]}/{self.name}.json"

    @property
    def key(self) -> str:
        """The name of the clip in messages and reports."""
        return f"{self.tenant}/clip/{self.name}"


@dataclass(frozen=True)
class FrameRange:
    """Neighbouring frames of a clip in a set, `first` to `last`: the part of it that one worker films, and stores."""

    order: ClipOrder
    first: int
    last: int

    @property
    def name(self) -> str:
        """The name of the part in its clip's folder."""
        return f"{self.first:05d}-{self.last:05d}"

    @property
    def part(self) -> str:
        """Object name of its frames."""
        return f"{frames_folder(self.order)}{self.name}.mkv"

    @property
    def record(self) -> str:
        """Object name of its record; it is written last and means that the part is done."""
        return f"{frames_folder(self.order)}{self.name}.json"

    @property
    def key(self) -> str:
        """The name of the part in messages."""
        return f"{self.order.key} frames {self.first} to {self.last}"


FRAMES_PER_RANGE = 8
"""The most frames of a part: what a kill in the middle of a film costs at most."""


def frames_folder(order: ClipOrder) -> str:
    """Return the prefix of the objects that a clip is put together from; they are removed when it is written."""
    return f"clips/{order.name[:2]}/{order.name}.frames/"


def frame_ranges(order: ClipOrder) -> tuple[FrameRange, ...]:
    """Return the parts of a clip in a set, in order of time."""
    starts = range(0, order.frames, FRAMES_PER_RANGE)
    return tuple(FrameRange(order, at, min(at + FRAMES_PER_RANGE, order.frames) - 1) for at in starts)


@dataclass(frozen=True, kw_only=True)
class FrameRangeRecord:
    """The record of the frames of a part; stored beside them as JSON. `spent` was measured while they were made."""

    address: str
    tenant: str
    frames: int
    size_bytes: int
    crc32c: str
    spent: Spent = NOTHING_SPENT


def clip_order(card: ModelCard, tenant: str, scenario: Scenario, bucket: str, alternative: int = 0) -> ClipOrder:
    """Return an order, named by the hash of its inputs; NoFirstFrame if a first frame is missing or superfluous."""
    if (scenario.shot is not None or card.task == "image-to-video") != (scenario.first_frame is not None):
        raise NoFirstFrame(card.name, card.task, scenario.first_frame or "")
    width, height = film_size(card, bucket) if scenario.shot else card.sizes[bucket]
    name = digest(
        "clip",
        tenant=tenant,
        prompt=scenario.prompt,
        negative_prompt=scenario.negative_prompt,
        first_frame=scenario.first_frame,
        bucket=bucket,
        alternative=alternative,
        card=card.digest,
        clip=CLIP_VERSION,
        **_asked(scenario),
    )
    return ClipOrder(
        name=name,
        tenant=tenant,
        prompt=scenario.prompt,
        negative_prompt=scenario.negative_prompt,
        first_frame=scenario.first_frame,
        width_px=width,
        height_px=height,
        frames=scenario.frames or card.frames,
        frames_per_second=card.frames_per_second,
        steps=card.steps,
        model=card.digest,
        moves=scenario.moves,
        shot=scenario.shot,
    )


def _asked(scenario: Scenario) -> dict[str, object]:
    """Return the further inputs of a clip's name, those that were asked for."""
    asked: dict[str, object] = {"frames": scenario.frames} if scenario.frames else {}
    if scenario.screen:
        asked["screen"] = scenario.screen
    if scenario.shot:
        moves = [move.model_dump(mode="json", exclude_defaults=True) for move in scenario.moves]
        asked |= {"moves": moves, "set_clip": SET_CLIP_VERSION}
    return asked


def clip_cost(card: ModelCard, order: ClipOrder) -> UnitCost:
    """Return the cost of a clip: the card's, in proportion to the length.

    In a set, that is the cost of a picture for each frame, in proportion to its light paths.
    """
    if card.set and order.shot:
        return _times(card.unit_cost, order.frames * frame_share(card, order.shot.bucket))
    if order.frames == card.frames:
        return card.unit_cost
    return _times(card.unit_cost, Decimal(order.frames) / card.frames)


def frame_share(card: ModelCard, bucket: str) -> Decimal:
    """Return the light paths of a frame of a film in a set, as a multiple of those of a still."""
    if card.set is None:
        return Decimal(1)
    (wide, high), (width, height) = film_size(card, bucket), card.sizes[bucket]
    return Decimal(wide * high * card.set.film_samples) / (width * height * card.set.samples)


def film_size(card: ModelCard, bucket: str) -> tuple[int, int]:
    """Return the width and height of a frame in a set, in pixels."""
    return card.set.film_sizes.get(bucket, card.sizes[bucket]) if card.set else card.sizes[bucket]


def _times(full: UnitCost, share: Decimal) -> UnitCost:
    return UnitCost(money=round(full.money * share, 6), accelerator_seconds=round(full.accelerator_seconds * share, 3))


def frames_for(card: ModelCard, seconds: Decimal) -> int:
    """Return the number of frames nearest to `seconds` that a card can film; raise Unusable if no clip comes near.

    A clip has one frame more than its steps, so a length that exceeds the card's longest by less than a frame is taken.
    """
    said = f"{seconds} s"
    longest, wanted = card.frames, seconds * card.frames_per_second
    most = f"{Decimal(longest) / card.frames_per_second:.2f}"
    if not card.frame_step:
        if abs(wanted - longest) <= 1:
            return longest
        raise Unusable(
            said, f"is no length of card {card.name}, which films {most} s and no other", "leave seconds out"
        )
    if wanted > longest:
        raise Unusable(said, f"is longer than card {card.name} films, {most} s at most", "ask for less")
    steps = round((wanted - 1) / card.frame_step)
    if steps < 1:
        least = f"{Decimal(card.frame_step + 1) / card.frames_per_second:.2f}"
        raise Unusable(said, f"is shorter than card {card.name} films, {least} s at least", "ask for more")
    return steps * card.frame_step + 1


@dataclass(frozen=True, kw_only=True)
class ClipRecord:
    """The lineage of one clip master; stored beside it as JSON.

    `spent` was measured while it was made, refused attempts included; `made_for` is the campaign that had it made;
    `moves` are those in a set.
    """

    name: str
    address: str
    tenant: str
    prompt: str
    negative_prompt: str
    first_frame: str | None
    seed: int
    attempts: tuple[Attempt, ...]
    width_px: int
    height_px: int
    frames: int
    frames_per_second: int
    container: str
    codec: str
    pixel_format: str
    bits: int
    model: str
    model_version: str
    weights_sha256: str
    cost_usd: str
    size_bytes: int
    crc32c: str
    spent: Spent = NOTHING_SPENT
    made_for: str = ""
    moves: tuple[str, ...] = ()


def range_from_json(text: str | bytes) -> FrameRangeRecord:
    """Return the record of a part of a clip from its JSON."""
    raw = json.loads(text)
    return FrameRangeRecord(**{**raw, "spent": spent_from_json(raw.get("spent"))})


def clip_from_json(text: str | bytes) -> ClipRecord:
    """Return a clip's record from its JSON."""
    raw = json.loads(text)
    raw["moves"] = tuple(raw.get("moves", ()))
    raw["attempts"] = attempts_from_json(raw["attempts"])
    raw["spent"] = spent_from_json(raw.get("spent"))
    return ClipRecord(**raw)
