"""Clips: the orders for a video model, and the lineage of stored clips."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from foundry.card.card import ModelCard, UnitCost
from foundry.errors import FoundryError, Unusable
from foundry.manifest import Attempt, attempts_from_json
from foundry.names import digest
from foundry.spent import NOTHING_SPENT, Spent, spent_from_json

CLIP_VERSION = "1"
"""Changes with anything besides its inputs that changes a clip's bytes: codec, conversion of frames to samples."""


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
    """

    prompt: str
    negative_prompt: str = ""
    first_frame: str | None = None
    frames: int = 0
    screen: str = ""


@dataclass(frozen=True, kw_only=True)
class ClipOrder:
    """One clip to film. Small, since it crosses shuffles: `first_frame` is an object name, `model` a card's digest.

    `plan` is the digest of a plan that orders the clip. It enters no name, because several plans may order it.
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


def clip_order(card: ModelCard, tenant: str, scenario: Scenario, bucket: str, alternative: int = 0) -> ClipOrder:
    """Return an order, named by the hash of its inputs; NoFirstFrame if a first frame is missing or superfluous."""
    if (card.task == "image-to-video") != (scenario.first_frame is not None):
        raise NoFirstFrame(card.name, card.task, scenario.first_frame or "")
    width, height = card.sizes[bucket]
    asked: dict[str, object] = {"frames": scenario.frames} if scenario.frames else {}
    if scenario.screen:
        asked["screen"] = scenario.screen
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
        **asked,
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
    )


def clip_cost(card: ModelCard, frames: int) -> UnitCost:
    """Return the cost of a clip: the card's, in proportion to the length."""
    full = card.unit_cost
    if frames == card.frames:
        return full
    share = Decimal(frames) / card.frames
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

    `spent` was measured while it was made, refused attempts included; `made_for` is the campaign that had it made.
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


def clip_from_json(text: str | bytes) -> ClipRecord:
    """Return a clip's record from its JSON."""
    raw = json.loads(text)
    raw["attempts"] = attempts_from_json(raw["attempts"])
    raw["spent"] = spent_from_json(raw.get("spent"))
    return ClipRecord(**raw)
