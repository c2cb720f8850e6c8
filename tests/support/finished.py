"""Records of masters and renditions as a finished run leaves them, without drawing or rendering anything."""

from __future__ import annotations

from foundry.manifest import Attempt, CheckRecord, MasterRecord, as_json
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore, crc32c
from transforms.publish import StoredFile, rendition_record

PASSED = CheckRecord("safe_area", True, "all inside", "all inside")


def a_master_record(shot: ShotOrder, **changes: object) -> MasterRecord:
    """The record of a shot that passed at its second attempt."""
    given = {
        "name": shot.name,
        "address": shot.master,
        "tenant": shot.tenant,
        "prompt": shot.prompt,
        "negative_prompt": shot.negative_prompt,
        "caption": "a wall",
        "ignored_words": (),
        "seed": 7,
        "attempts": (Attempt(6, False, ()), Attempt(7, True, (PASSED,))),
        "bucket": shot.bucket,
        "mirrored": shot.mirrored,
        "width_px": 2160,
        "height_px": 3840,
        "product_box": (230, 425, 770, 710),
        "product_picture": shot.picture,
        "model": "backdrop",
        "model_version": "4",
        "weights_sha256": "0" * 64,
        "upscaler": "lanczos@1",
        "screen": "measured@1",
        "cost_usd": "0.001",
        "size_bytes": 100,
        "crc32c": crc32c(bytes(100)),
        **changes,
    }
    return MasterRecord(**given)  # type: ignore[arg-type]


def a_file(variant: Variant, size_bytes: int = 1000) -> StoredFile:
    """A PNG of a variant."""
    return StoredFile(
        address=variant.address("png"),
        format="png",
        quality=0,
        size_bytes=size_bytes,
        crc32c=crc32c(bytes(size_bytes)),
        checks=(PASSED,),
    )


def variants_of(plan: Plan) -> list[Variant]:
    """All variants in the plan's order."""
    return [variant for shot in plan.shots() for variant in plan.variants(shot)]


def finish_masters(plan: Plan, store: ObjectStore) -> None:
    """Write the record of every master, and zeros in place of its picture."""
    own = store.for_tenant(plan.tenant.id)
    for shot in plan.shots():
        own.put_once(shot.master, bytes(100))
        own.put_once(shot.record, as_json(a_master_record(shot)).encode())


def finish_variant(variant: Variant, store: ObjectStore, size_bytes: int = 1000) -> None:
    """Write the record of one variant, and zeros in place of its file."""
    own = store.for_tenant(variant.shot.tenant)
    own.put_once(variant.address("png"), bytes(size_bytes))
    own.put_once(variant.thumbnail, b"")
    own.put_once(variant.record, as_json(rendition_record(variant, a_file(variant, size_bytes))).encode())
