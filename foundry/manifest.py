"""Records of masters, finished files and what was refused, and the rows of a manifest, as JSON.

But for what was spent, records hold nothing that differs between two runs of the same brief: no clock, no durations. So
a resumed run writes the same records as an undisturbed one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from foundry.spent import NOTHING_SPENT, Spent, spent_from_json


@dataclass(frozen=True)
class CheckRecord:
    """One measurement, with its limit and whether it passed."""

    name: str
    passed: bool
    measured: str
    limit: str


@dataclass(frozen=True)
class Attempt:
    """One drawing of a shot and its verdict."""

    seed: int
    passed: bool
    checks: tuple[CheckRecord, ...]


ProductPixels = Literal["", "exact", "staged", "relit", "rendered"]
"""How a master's product got its pixels, see `MasterRecord.product_pixels`."""


@dataclass(frozen=True, kw_only=True)
class MasterRecord:
    """The lineage of one master; stored beside it as JSON.

    bits: per channel.
    adapters: each as id@version:weight.
    fingerprint: the perceptual hash that the screen compared.
    head_bytes: the number of the file's first bytes that hold a copy of half its size; 0 where there is no copy.
    product_pixels: exact (the given picture's own, unchanged), staged (its own, lit as the drawing is), relit (its own,
    under the light of a set, within bounds), rendered (a model of the product, in the light of a set); empty where no
    picture was given, or the record is older than this field.
    spent: measured while it was made, refused attempts included; `made_for` is the campaign that had it made.
    """

    name: str
    address: str
    tenant: str
    prompt: str
    negative_prompt: str
    caption: str
    ignored_words: tuple[str, ...]
    seed: int
    attempts: tuple[Attempt, ...]
    bucket: str
    mirrored: bool
    width_px: int
    height_px: int
    product_box: tuple[int, int, int, int] | None
    product_picture: str | None
    model: str
    model_version: str
    weights_sha256: str
    upscaler: str
    screen: str
    cost_usd: str
    size_bytes: int
    crc32c: str
    bits: int = 8
    adapters: tuple[str, ...] = ()
    fingerprint: str = ""
    head_bytes: int = 0
    spent: Spent = NOTHING_SPENT
    made_for: str = ""
    product_pixels: ProductPixels = ""


@dataclass(frozen=True, kw_only=True)
class ViewRecord:
    """What was spent on the rendered view of a product model; stored beside it as JSON. Absent for older views.

    key: by which plans and shots refer to the view. product_model: the SHA-256 of its file.
    """

    key: str
    product_model: str
    spent: Spent = NOTHING_SPENT
    made_for: str = ""


@dataclass(frozen=True, kw_only=True)
class RenditionRecord:
    """The facts of a finished file that hold for everyone who orders it; stored beside it as JSON.

    Films alone have `frame_rate` (a fraction), `seconds` (to the millisecond) and `sidecar` (the object of subtitles).
    `spent` was measured while the file was made, without its shots and clips; `made_for` is the campaign that had it
    made.
    """

    name: str
    address: str
    thumbnail: str
    format: str
    quality: int
    width_px: int
    height_px: int
    size_bytes: int
    crc32c: str
    checks: tuple[CheckRecord, ...]
    headline: str
    subheadline: str
    call_to_action: str
    offer: str
    price: str
    legal: str
    codec: str = ""
    frame_rate: str = ""
    seconds: str = ""
    sidecar: str = ""
    dropped: tuple[str, ...] = ()
    spent: Spent = NOTHING_SPENT
    made_for: str = ""


@dataclass(frozen=True, kw_only=True)
class ManifestRecord:
    """One variant with its full lineage, from brief to bytes.

    `clips` holds the object names of the clips that a film shows; each clip's record lies beside it.
    `ignored_words` are those of the scene, and of what it avoids, that the model could not use.
    `spent` was measured: on the file, and its shares of its shots and clips, as far as this campaign had them made.
    """

    asset: str
    address: str
    file_name: str
    thumbnail: str
    tenant: str
    campaign: str
    campaign_name: str
    brief: str
    regions: tuple[str, ...]
    audience: str
    product: str
    product_name: str
    product_picture: str | None
    scene: str
    prompt: str
    negative_prompt: str
    caption: str
    locale: str
    headline: str
    subheadline: str
    call_to_action: str
    offer: str
    price: str
    legal: str
    placement: str
    channel: str
    family: str
    placement_digest: str
    layout: str
    layout_digest: str
    brand_digest: str
    width_px: int
    height_px: int
    format: str
    quality: int
    size_bytes: int
    crc32c: str
    shot: str
    master: str
    bucket: str
    mirrored: bool
    alternative: int
    seed: int
    attempts: int
    model: str
    model_version: str
    weights_sha256: str
    upscaler: str
    screen: str
    shot_checks: tuple[CheckRecord, ...]
    checks: tuple[CheckRecord, ...]
    cost_usd: str
    embargo: str | None
    expiry: str | None
    priority: int
    metadata: str = field(default="{}")
    master_bits: int = 8
    codec: str = ""
    frame_rate: str = ""
    seconds: str = ""
    sidecar: str = ""
    dropped: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    ignored_words: tuple[str, ...] = ()
    spent: Spent = NOTHING_SPENT


SHOT_STAGES = ("draw", "screen", "upscale", "master")
"""The stages of the dead letters of shots."""


@dataclass(frozen=True)
class DeadLetter:
    """A refused element: stage, code of the rule, key of the element, sentence for people, digest of its plan.

    `cost_usd` was paid for it before it was refused, at the cards' prices: the drawings of a shot that no attempt
    brought through its screen. `spent` was measured.
    """

    stage: str
    code: str
    key: str
    reason: str
    brief: str = ""
    cost_usd: str = "0"
    spent: Spent = NOTHING_SPENT


def as_json(record: Any) -> str:
    """Return a record as one line of JSON, in the order of its fields."""
    return json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"))


def _checks(raw: Iterable[dict[str, Any]]) -> tuple[CheckRecord, ...]:
    return tuple(CheckRecord(**item) for item in raw)


def attempts_from_json(raw: Iterable[dict[str, Any]]) -> tuple[Attempt, ...]:
    """Return the attempts of a parsed record."""
    return tuple(Attempt(each["seed"], each["passed"], _checks(each["checks"])) for each in raw)


def master_from_json(text: str | bytes) -> MasterRecord:
    """Return a master's record from its JSON."""
    raw = json.loads(text)
    raw["attempts"] = attempts_from_json(raw["attempts"])
    raw["ignored_words"] = tuple(raw["ignored_words"])
    raw["adapters"] = tuple(raw.get("adapters", ()))
    raw["product_box"] = tuple(raw["product_box"]) if raw["product_box"] else None
    raw["spent"] = spent_from_json(raw.get("spent"))
    return MasterRecord(**raw)


def view_from_json(text: str | bytes) -> ViewRecord:
    """Return a view's record from its JSON."""
    raw = json.loads(text)
    return ViewRecord(**{**raw, "spent": spent_from_json(raw.get("spent"))})


def rendition_from_json(text: str | bytes) -> RenditionRecord:
    """Return a rendition's record from its JSON."""
    raw = json.loads(text)
    dropped = tuple(raw.get("dropped", ()))
    spent = spent_from_json(raw.get("spent"))
    return RenditionRecord(**{**raw, "checks": _checks(raw["checks"]), "dropped": dropped, "spent": spent})


def letter_from_json(text: str | bytes) -> DeadLetter:
    """Return a dead letter from its JSON."""
    raw = json.loads(text)
    return DeadLetter(**{**raw, "spent": spent_from_json(raw.get("spent"))})


def manifest_from_json(text: str | bytes) -> ManifestRecord:
    """Return the record of one line of a manifest."""
    return manifest_record_of(json.loads(text))


def manifest_record_of(raw: Mapping[str, Any]) -> ManifestRecord:
    """Return the record of a parsed line of a manifest."""
    made = {
        "regions": tuple(raw["regions"]),
        "checks": _checks(raw["checks"]),
        "shot_checks": _checks(raw["shot_checks"]),
        "dropped": tuple(raw.get("dropped", ())),
        "clips": tuple(raw.get("clips", ())),
        "ignored_words": tuple(raw.get("ignored_words") or ()),
        "spent": spent_from_json(raw.get("spent")),
    }
    return ManifestRecord(**{**raw, **made})
