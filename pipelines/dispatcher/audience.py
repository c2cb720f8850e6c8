"""Who is told what: the topics of a message, and sentences as tenants may read them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundry.errors import FoundryError, clipped
from pipelines.bus.messages import BusMessage, Sender, event_message
from pipelines.bus.order_progress import OrderProgress, campaign_key, progress_event, refusal_event
from pipelines.bus.topics import FAILED, PROGRESS, events_topic

MOST_ANSWER = 4_000
"""Characters of a sentence that is answered."""


def server_folders(more: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the folders of this server that no answer names, as they are given and resolved, the longest first."""
    roots = [*more, sys.prefix, tempfile.gettempdir(), str(Path(__file__).parents[2]), str(Path.home())]
    found = {path for root in roots for path in (root.rstrip("/"), str(Path(root).resolve()))}
    return tuple(sorted((path for path in found if path.startswith("/") and path != "/"), key=len, reverse=True))


@dataclass(frozen=True)
class Audience:
    """The readers of what the dispatcher sends.

    Whatever a tenant may read is also sent to the tenant's own topic, if `has_topic` says that there is one. `hidden`
    are folders of the server, whose paths are taken out of all sentences.
    """

    has_topic: Callable[[str], bool] = lambda _name: False
    hidden: tuple[str, ...] = server_folders()

    def topics(self, shared: str, tenant: str) -> list[str]:
        """Return the topics for a message of a tenant: the shared one, and the tenant's own if there is one."""
        own = events_topic(tenant).name
        return [shared, own] if self.has_topic(own) else [shared]

    def answer(self, text: str) -> str:
        """Return a sentence as tenants may read it: cut, and without the folders of this server."""
        text = text[: 2 * MOST_ANSWER]
        for folder in self.hidden:
            text = text.replace(f"{folder}/", "").replace(folder, "the server")
        return clipped(text, MOST_ANSWER)


def refusal_messages(
    sender: Sender, error: FoundryError, place: str = "", audience: Audience | None = None
) -> Iterator[tuple[str, BusMessage]]:
    """Yield the messages that tell a sender that the record at `place` is refused, with their shared topics.

    They are an event and the final progress of the order. There are none for a record that names no tenant.
    """
    if not sender.tenant:
        return
    tenant, campaign, request = sender.tenant, sender.campaign, sender.request_id
    key, reason = campaign_key(tenant, campaign), (audience or Audience()).answer(str(error))
    yield FAILED, event_message(refusal_event(tenant, campaign, request, error, reason=reason, record=place), key)
    ended = OrderProgress(request=request, plan="", state="refused", reason=reason, records=(place,) if place else ())
    yield PROGRESS, event_message(progress_event(tenant, campaign, ended), key)
