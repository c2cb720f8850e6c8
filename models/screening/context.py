"""The context of a drawing that a screen needs: protected pictures, and the masters that exist already. Picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundry.manifest import master_from_json
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore, get_verified
from foundry.stored_inputs import store_input


@dataclass(frozen=True)
class ProtectedPicture:
    """A picture that no drawing of its tenant may resemble: the name of its file, and the hash it is stored under."""

    name: str
    sha256: str

    @property
    def address(self) -> str:
        """Object name within the tenant's store."""
        return f"protected/{self.sha256[:2]}/{self.sha256}"


@dataclass(frozen=True)
class ScreenContext:
    """Plans by digest, their protected pictures, and the store.

    An order whose plan is not here has neither protected pictures nor earlier masters.
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    protected: Mapping[str, tuple[ProtectedPicture, ...]] = field(default_factory=dict)
    store: ObjectStore | None = None

    def pictures(self, order: ShotOrder) -> tuple[tuple[ProtectedPicture, bytes], ...]:
        """Return the protected pictures of the order's tenant with their bytes; the store opens no other tenant's."""
        if self.store is None:
            return ()
        own = self.store.for_tenant(order.tenant)
        return tuple((one, get_verified(own, one.address, one.sha256)) for one in self.protected.get(order.plan, ()))

    def stored_fingerprint(self, order: ShotOrder, alternative: int) -> str:
        """Return the fingerprint of another alternative's master, or "" if there is no master or no fingerprint."""
        plan = self.plans.get(order.plan)
        if plan is None or self.store is None:
            return ""
        other = plan.shot(order.subject, order.scene, order.bucket, order.mirrored, alternative)
        own = self.store.for_tenant(order.tenant)
        return master_from_json(own.get(other.record)).fingerprint if own.exists(other.record) else ""


def screen_context(plans: Mapping[str, Plan], store: ObjectStore) -> ScreenContext:
    """Copy protected pictures into the store and return the context of a run.

    Called where the tenants' files are, so that workers need nothing but the store.
    """
    protected = {digest: _store_protected(plan, store) for digest, plan in plans.items()}
    return ScreenContext(plans, protected, store)


def _store_protected(plan: Plan, store: ObjectStore) -> tuple[ProtectedPicture, ...]:
    own, stored = store.for_tenant(plan.tenant.id), []
    for facts in plan.tenant.protected_pictures():
        stored.append(ProtectedPicture(facts.file.short_name, facts.sha256))
        store_input(own, stored[-1].address, facts.file)
    return tuple(stored)
