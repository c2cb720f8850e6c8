"""Plans by reference: stored once in their tenant's store, and loaded by whoever needs them.

The flow's steps and elements carry a plan's digest. What a step is given is a `PlanBook`, which pickles as references
of a few hundred bytes, whatever the size of the briefs. A process that did not make the plans reads each from the store
when it is first asked for, and keeps the ones that were asked for last.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from pydantic import ValidationError

from foundry.errors import Outage
from foundry.plan.plan import Plan
from foundry.plan.plan_document import PlanDocument, content_of
from foundry.plan.slice import PlanSlice, slice_plan
from foundry.store.object_store import NoSuchObject, ObjectStat, ObjectStore, get_verified
from foundry.stored_inputs import StoredInputs

MOST_PLANS, MOST_PRODUCTS = 64, 400_000
"""The plans that a process keeps, and the products of all of them together; the last one is kept in any case."""


class BadStoredPlan(OSError):
    """A stored plan that cannot be used. It ends the run, since nothing of the plan can be made without it."""

    exit_code = Outage.exit_code

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"the stored plan {self.name!r} {self.reason}"


@dataclass(frozen=True, kw_only=True)
class PlanReference:
    """A plan, or a slice of one, by the digest of the order and the SHA-256 of its stored form."""

    digest: str
    tenant: str
    content: str
    first: int | None = None
    stop: int | None = None

    @property
    def name(self) -> str:
        """Object name of the plan in its tenant's store."""
        return f"plans/{self.content[:2]}/{self.content}.json"

    @property
    def whole(self) -> PlanReference:
        """The reference of the whole plan."""
        return replace(self, first=None, stop=None)


def refer_to(plan: Plan) -> PlanReference:
    """Return the reference of a plan or slice, which need not be stored yet."""
    bounds = {"first": plan.first, "stop": plan.stop} if isinstance(plan, PlanSlice) else {}
    return PlanReference(digest=plan.digest, tenant=plan.tenant.id, content=plan.content.sha256, **bounds)


def store_plan(plan: Plan, own: ObjectStore) -> PlanReference:
    """Store a plan once under its hash and return its reference. `own` is the tenant's store.

    A slice is stored as its whole plan. In a folder, an object that was changed is written again; BadStoredPlan if it
    cannot be.
    """
    reference = refer_to(plan)
    stored = ObjectStat(reference.name, plan.content.size_bytes, plan.content.crc32c)
    if not own.is_intact(stored):
        own.set_aside(reference.name)
        if not own.put_once(reference.name, plan.document()) and not own.is_intact(stored):
            raise BadStoredPlan(reference.name, "was changed; remove the object and run the campaign again")
    return reference


def read_plan(reference: PlanReference, own: ObjectStore) -> Plan:
    """Return a stored plan. `own` is the tenant's store.

    CorruptObject if its bytes are not those that were stored; BadStoredPlan if it is missing, if it is another order's
    or tenant's, or if this program gives its shots and files other names than the one that stored it.
    """
    try:
        data = get_verified(own, reference.name, reference.content)
        document = PlanDocument.model_validate_json(data)
    except NoSuchObject as error:
        raise BadStoredPlan(reference.name, "is missing; run the campaign again, which stores it") from error
    except ValidationError as error:
        wrong = "was written in a form that this program does not read; run the same version everywhere"
        raise BadStoredPlan(reference.name, wrong) from error
    plan = Plan(
        brief=document.brief,
        tenant=document.owner(StoredInputs(own)),
        cards=document.cards.cards(),
        pictures=document.pictures,
        placements=document.placements,
        sounds=tuple((sound.path, sound.sha256) for sound in document.sounds),
        sets=document.sets,
        models=tuple((model.view, model.sha256) for model in document.models),
    )
    _hold_against(plan, document, reference)
    vars(plan)["content"] = content_of(data)
    return plan


def _hold_against(plan: Plan, document: PlanDocument, reference: PlanReference) -> None:
    if (document.digest, plan.tenant.id) != (reference.digest, reference.tenant):
        wanted = f"{reference.tenant}/{reference.digest}"
        raise BadStoredPlan(reference.name, f"is {plan.tenant.id}/{document.digest}, and {wanted} is wanted")
    if (plan.digest, plan.first_names) != (document.digest, document.names):
        wrong = "names its shots and files in another way than this program; run the same version everywhere"
        raise BadStoredPlan(reference.name, wrong)


PlanKey = tuple[ObjectStore, PlanReference]


class LoadedPlans:
    """The plans of one process: those that were made here, for as long as anybody has them, and the last ones read.

    At most `most` plans that were read are kept, and at most `products` products of all of them. Threads may ask at
    once; a plan is read by one of them.
    """

    def __init__(self, most: int = MOST_PLANS, products: int = MOST_PRODUCTS) -> None:
        self.most, self.products = most, products
        self._at_hand: WeakValueDictionary[PlanKey, Plan] = WeakValueDictionary()
        self._read: OrderedDict[PlanKey, Plan] = OrderedDict()
        self._lock, self._reading = threading.Lock(), threading.Lock()

    def put(self, reference: PlanReference, store: ObjectStore, plan: Plan) -> None:
        """Use this plan for a reference, without keeping it alive."""
        with self._lock:
            self._at_hand[store, reference] = plan

    def get(self, reference: PlanReference, store: ObjectStore) -> Plan:
        """Return a plan, read from its tenant's store if it is not here. `store` is everybody's."""
        key = (store, reference)
        if plan := self._find(key):
            return plan
        if reference.first is not None and reference.stop is not None:
            whole = self.get(reference.whole, store)
            return self._keep(key, slice_plan(whole, reference.first, reference.stop))
        with self._reading:
            if plan := self._find(key):
                return plan
            return self._keep(key, read_plan(reference, store.for_tenant(reference.tenant)))

    def _find(self, key: PlanKey) -> Plan | None:
        with self._lock:
            if (plan := self._at_hand.get(key)) is not None:
                return plan
            if (plan := self._read.get(key)) is not None:
                self._read.move_to_end(key)
            return plan

    def _keep(self, key: PlanKey, plan: Plan) -> Plan:
        with self._lock:
            self._read[key] = plan
            self._read.move_to_end(key)
            while len(self._read) > 1 and (len(self._read) > self.most or self._products() > self.products):
                self._read.popitem(last=False)
        return plan

    def _products(self) -> int:
        """Return the products of the kept plans; a slice shares those of its plan."""
        return sum({reference.content: len(plan.products) for (_, reference), plan in self._read.items()}.values())

    def clear(self) -> None:
        """Drop everything, so that plans are read again."""
        with self._lock:
            self._at_hand.clear()
            self._read.clear()


loaded_plans = LoadedPlans()
"""The plans of this process."""


@dataclass(frozen=True)
class PlanBook(Mapping[str, Plan]):
    """Plans by their digest. It pickles as references and the store; see `loaded_plans` for what a process keeps."""

    references: dict[str, PlanReference]
    store: ObjectStore

    def __getitem__(self, digest: str) -> Plan:
        """Return a plan; KeyError for a digest that is not in the book."""
        return loaded_plans.get(self.references[digest], self.store)

    def __iter__(self) -> Iterator[str]:
        """Yield the digests, sorted."""
        return iter(self.references)

    def __len__(self) -> int:
        """Return the number of plans."""
        return len(self.references)


def keep_plans(plans: Iterable[Plan], store: ObjectStore) -> PlanBook:
    """Store plans in their tenants' stores and return the book of them, for which this process uses these very plans.

    The caller keeps the plans for as long as it runs their flow here; otherwise they are read from the store.
    """
    references = {}
    for plan in sorted(plans, key=lambda plan: plan.digest):
        references[plan.digest] = reference = store_plan(plan, store.for_tenant(plan.tenant.id))
        loaded_plans.put(reference, store, plan)
    return PlanBook(references, store)
