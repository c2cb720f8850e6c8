"""Stored masters and clips, read for the files that show them."""

from __future__ import annotations

from foundry.errors import FoundryError
from foundry.manifest import MasterRecord, master_from_json
from foundry.plan.plan import Plan
from foundry.plan.shot import Box, MasterFacts, ShotOrder
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore
from imaging.film.footage import Footage, facts_of_clip, open_footage
from imaging.film.scene_layers import Master
from imaging.pixels.master_file import decode_master, pyramid, whole_file
from imaging.pixels.reduction import Pyramid


class NoClip(FoundryError):
    """The clip that this film shows was refused or is missing."""

    code = "no_clip"

    def __init__(self, clip: str, scene: str) -> None:
        super().__init__(clip, scene)
        self.clip, self.scene = clip, scene

    def __str__(self) -> str:
        return f"clip {self.clip} of scene {self.scene!r} was not made, since it was refused; see its own dead letter."


class NoMaster(FoundryError):
    """The shot that this variant shows was refused or is missing."""

    code = "no_master"

    def __init__(self, shot: str, scene: str = "") -> None:
        super().__init__(shot, scene)
        self.shot, self.scene = shot, scene

    def __str__(self) -> str:
        scene = f" of scene {self.scene!r}" if self.scene else ""
        return f"shot {self.shot}{scene} has no master, since it was refused; see its own dead letter."


def load_master(shot: ShotOrder, store: ObjectStore) -> tuple[Pyramid, MasterFacts]:
    """Return a master's pixels, decoded on demand, and its facts; raise NoMaster if it was not made."""
    record = master_record(shot, store)
    return pyramid(record, store.for_tenant(shot.tenant)), facts_of(record)


def film_master(variant: Variant, plan: Plan, store: ObjectStore, at: int) -> Master:
    """Return the picture at position `at` of a film, with all its bits; NoMaster names the scene."""
    shot = variant.shows[at]
    record = master_record(shot, store, plan.scenes[shot.scene].id)
    return decode_master(whole_file(record, store.for_tenant(shot.tenant))), facts_of(record)


def film_clip(variant: Variant, plan: Plan, store: ObjectStore, at: int) -> Footage | None:
    """Return the clip that a film shows at position `at`; None if it shows a still there.

    NoMaster and NoClip name the scene.
    """
    order = variant.clips[at] if variant.clips else None
    if order is None:
        return None
    shot, own = variant.shows[at], store.for_tenant(order.tenant)
    scene = plan.scenes[shot.scene].id
    master = facts_of(master_record(shot, store, scene))
    if not own.exists(order.record):
        raise NoClip(order.name, scene)
    return open_footage(order, facts_of_clip(order, master), own)


def master_record(shot: ShotOrder, store: ObjectStore, scene: str = "") -> MasterRecord:
    """Return a master's record; raise NoMaster, which names the scene if given, if the master was not made."""
    own = store.for_tenant(shot.tenant)
    if not own.exists(shot.record):
        raise NoMaster(shot.name, scene)
    return master_from_json(own.get(shot.record))


def facts_of(record: MasterRecord) -> MasterFacts:
    """Return the facts that layouts need of a master's record."""
    return MasterFacts(
        name=record.name,
        bucket=record.bucket,
        width_px=record.width_px,
        height_px=record.height_px,
        product_box=Box(*record.product_box) if record.product_box else None,
        mirrored=record.mirrored,
    )
