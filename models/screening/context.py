"""What a screen must know besides the drawing: protected pictures, and the masters that exist already. Picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundry.errors import BadInput, Unusable
from foundry.inputs.picture import inspect_picture
from foundry.manifest import master_from_json
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore


@dataclass(frozen=True)
class ProtectedPicture:
    """A picture that no drawing of its tenant may resemble: its file's name, and the hash it is stored under."""

    name: str
    sha256: str

    @property
    def address(self) -> str:
        """Object name within the tenant's store."""
        return f"protected/{self.sha256[:2]}/{self.sha256}"


@dataclass(frozen=True)
class ScreenContext:
    """The plans by digest, their protected pictures, and the store. Without a plan, an order stands for itself."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    protected: Mapping[str, tuple[ProtectedPicture, ...]] = field(default_factory=dict)
    store: ObjectStore | None = None

    def pictures(self, order: ShotOrder) -> tuple[tuple[ProtectedPicture, bytes], ...]:
        """The protected pictures of the order's own tenant; the store refuses to open any other's."""
        if self.store is None:
            return ()
        own = self.store.for_tenant(order.tenant)
        return tuple((one, own.get(one.address)) for one in self.protected.get(order.plan, ()))

    def stored_fingerprint(self, order: ShotOrder, alternative: int) -> str:
        """The fingerprint of another alternative whose master exists; "" if it does not, or has none."""
        plan = self.plans.get(order.plan)
        if plan is None or self.store is None:
            return ""
        other = plan.shot(order.subject, order.scene, order.bucket, order.mirrored, alternative)
        own = self.store.for_tenant(order.tenant)
        return master_from_json(own.get(other.record)).fingerprint if own.exists(other.record) else ""


def screen_context(plans: Mapping[str, Plan], store: ObjectStore) -> ScreenContext:
    """The context of a run, made where the tenants' files are: protected pictures are copied into the store, so that
    workers need no other files. BadInput names a picture that cannot be used."""
    protected = {digest: _kept(plan, store) for digest, plan in plans.items()}
    return ScreenContext(dict(plans), protected, store)


def _kept(plan: Plan, store: ObjectStore) -> tuple[ProtectedPicture, ...]:
    own, kept = store.for_tenant(plan.tenant.id), []
    for path in plan.tenant.protected_paths():
        try:
            facts = inspect_picture(path)
        except Unusable as error:
            raise BadInput(
                f"tenant {plan.tenant.id}: protected {path.name}", f"{error.limit}; {error.remedy}"
            ) from error
        kept.append(ProtectedPicture(path.name, facts.sha256))
        own.put_file_once(kept[-1].address, path)
    return tuple(kept)
