"""Messages about single items of a catalog: rows that changed and items that ended, as shops send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, model_validator

from foundry.catalog.catalog import Attribute
from foundry.catalog.events import CatalogOrigin
from foundry.errors import FoundryError, clipped, shorten
from foundry.event import Event
from foundry.names import Slug
from foundry.strict_model import Items, StrictModel
from pipelines.bus.client import Headers, KafkaRecord
from pipelines.bus.messages import (
    BusMessage,
    Mode,
    Sender,
    Unreadable,
    check_attributes,
    check_headers,
    check_tenant,
    digest_of,
    event_attributes,
    event_data,
    event_message,
    header_texts,
    load_value,
)
from pipelines.bus.topics import CHANGED, tenant_of_topic
from pipelines.bus.unpacking import UNREAD

ITEMS_CHANGED = "campaign-foundry.catalog.items_changed"
CHANGE_REFUSED = "campaign-foundry.catalog.change_refused"
MOST_ITEMS, MOST_ID, MOST_TEXT = 1_000, 200, 100_000
NOUN = "change"
REMEDY = "send tenant, catalog, and items or removed; docs/catalogs.md has an example"
ItemId = Annotated[str, StringConstraints(min_length=1, max_length=MOST_ID)]
ItemText = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
ItemRow = Annotated[dict[Attribute, ItemText | None], Items(60, least=1)]
"""One row of the feed, whole, by the names of Google's specification."""


class CatalogChange(StrictModel):
    """Items of one catalog that changed, each as its whole row, and the ids of those that ended."""

    tenant: Slug
    catalog: Slug
    items: Annotated[tuple[ItemRow, ...], Items(MOST_ITEMS)] = Field(
        default=(), description="Whole rows of the feed; attributes that are left out are empty."
    )
    removed: Annotated[tuple[ItemId, ...], Items(MOST_ITEMS)] = Field(
        default=(), description="Ids of items that are sold no more."
    )

    @model_validator(mode="after")
    def _names_items(self) -> CatalogChange:
        if not (self.items or self.removed):
            raise ValueError("has neither items nor removed")
        for number, row in enumerate(self.items):
            found = row.get("id") or ""
            if not 0 < len(found) <= MOST_ID:
                raise ValueError(f"items[{number}] has no id of 1 to {MOST_ID} characters")
        return self


@dataclass(frozen=True)
class ChangeRequest:
    """A change as it was read from a topic. request_id: the sender's, or a digest of the change."""

    request_id: str
    change: CatalogChange
    verified: bool

    @property
    def sender(self) -> Sender:
        """The tenant that sent it, as far as that is known."""
        return Sender(self.change.tenant, verified=self.verified, request_id=self.request_id)


def change_key(tenant: str, catalog: str) -> str:
    """Return the key of all messages about a catalog, so that they keep their order."""
    return f"{tenant}/{catalog}"


def change_message(change: CatalogChange, request_id: str = "", mode: Mode = "binary") -> BusMessage:
    """Return a change as a message; without `request_id`, its id is a digest, so the same change has the same id."""
    document = change.model_dump(mode="json")
    source = CatalogOrigin(change.tenant, change.catalog).source
    event = Event(ITEMS_CHANGED, source, change.catalog, document)
    return event_message(event, change_key(change.tenant, change.catalog), mode, request_id or digest_of(document))


def parse_change(topic: str, value: bytes | None, headers: Headers, where: str) -> ChangeRequest:
    """Return the change that a record holds, as a CloudEvent or as plain JSON; Unreadable, with the reason, otherwise.

    On a tenant's own topic it must be that tenant's, because the broker checked the writer against the topic's name.
    """
    texts = header_texts(headers)
    if UNREAD in texts:
        raise Unreadable(where, texts[UNREAD], "send the change again")
    check_headers(headers, where)
    document = load_value(value, where, NOUN)
    attributes = event_attributes(texts, document)
    check_attributes(attributes, where, (ITEMS_CHANGED,))
    data = event_data(texts, document)
    if not isinstance(data, dict):
        raise Unreadable(where, "holds no JSON object", REMEDY)
    check_tenant(topic, data.get("tenant"), where, CHANGED)
    try:
        change = CatalogChange.model_validate(data)
    except ValidationError as error:
        raise Unreadable(where, _first_of(error), REMEDY) from error
    verified = tenant_of_topic(topic, CHANGED) is not None
    return ChangeRequest(attributes.get("id") or digest_of(data), change, verified)


def _first_of(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])[:100]
    value = f" {shorten(first['input'])}" if isinstance(first["input"], str) else ""
    return clipped(
        f"is no change: {place}{value}: {first['msg'].removeprefix('Value error, ')}".replace(": :", ":"), 500
    )


def sender_of_change(record: KafkaRecord) -> Sender:
    """Return the sender of a record that could not be read: the tenant of its topic, or nobody."""
    own = tenant_of_topic(record.topic, CHANGED)
    return Sender(own, verified=True) if own else Sender()


def change_refusal(request: ChangeRequest, error: FoundryError, place: str, reason: str) -> Event:
    """Return the event that a change could not be used, with the error's code and the sentence for its sender."""
    change = request.change
    data: dict[str, Any] = {"request": request.request_id, "record": place, "code": error.code, "reason": reason}
    return Event(CHANGE_REFUSED, CatalogOrigin(change.tenant, change.catalog).source, change.catalog, data)
