"""The rights that each principal needs on the brokers, as one list for operators and for the tests on a real broker."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.bus.topics import (
    BRIEFS,
    CHANGED,
    DEAD,
    EVENTS,
    FINISHED,
    REFRESHED,
    TOPICS,
    briefs_topic,
    changes_topic,
    check_topic_owner,
    events_topic,
)

Operation = Literal["Read", "Write", "Describe"]


@dataclass(frozen=True)
class Right:
    """What a principal may do with a topic or a group; `prefixed`: with all whose names begin like this."""

    principal: str
    kind: Literal["topic", "group"]
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False

    def command(self, bootstrap: str) -> str:
        """Return the call of Kafka's own program that gives the right."""
        pattern = ("--resource-pattern-type", "prefixed") if self.prefixed else ()
        operations = [word for operation in self.operations for word in ("--operation", operation)]
        words = ("--allow-principal", f"User:{self.principal}", *operations, f"--{self.kind}", self.name, *pattern)
        return shlex.join(("kafka-acls.sh", "--bootstrap-server", bootstrap, "--add", *words))


def dispatcher_rights(principal: str, group: str) -> tuple[Right, ...]:
    """Return the rights of a dispatcher: it reads all briefs in its group and writes everything else.

    `foundry serve --catalog` and `foundry serve --delivery` have the same: the one reads changed items in a group of
    its own, the other finished files and withdrawals in another. None needs rights on the cluster, and they cannot
    create topics.
    """
    told = (FINISHED, REFRESHED)
    written = [topic.name for topic in TOPICS if topic.name not in (BRIEFS, DEAD, CHANGED, *told)]
    return (
        Right(principal, "group", group, ("Read", "Describe")),
        Right(principal, "group", catalogs_group(group), ("Read", "Describe")),
        Right(principal, "group", deliveries_group(group), ("Read", "Describe")),
        Right(principal, "topic", CHANGED, ("Read", "Describe")),
        Right(principal, "topic", f"{CHANGED}.", ("Read", "Describe"), prefixed=True),
        Right(principal, "topic", BRIEFS, ("Read", "Describe")),
        Right(principal, "topic", f"{BRIEFS}.", ("Read", "Describe"), prefixed=True),
        Right(principal, "topic", DEAD, ("Write", "Describe")),
        *(Right(principal, "topic", name, ("Read", "Write", "Describe")) for name in told),
        *(Right(principal, "topic", name, ("Write", "Describe")) for name in written),
        Right(principal, "topic", f"{EVENTS}.", ("Write", "Describe"), prefixed=True),
    )


def catalogs_group(group: str) -> str:
    """Return the group in which changed items of catalogs are read beside the dispatchers of a group."""
    return f"{group}-catalogs"


def deliveries_group(group: str) -> str:
    """Return the group in which deliveries read of finished files and withdrawals, beside a group's dispatchers."""
    return f"{group}-deliveries"


def tenant_rights(principal: str, tenant: str) -> tuple[Right, ...]:
    """Return the rights of a tenant: it writes its own briefs and changed items, reads its own events, nothing else.

    It needs no group, because `foundry watch` reads without one, and none on the cluster. BadInput for a tenant that
    cannot have topics of its own.
    """
    check_topic_owner(tenant)
    return (
        Right(principal, "topic", briefs_topic(tenant).name, ("Write", "Describe")),
        Right(principal, "topic", changes_topic(tenant).name, ("Write", "Describe")),
        Right(principal, "topic", events_topic(tenant).name, ("Read", "Describe")),
    )


def rights(dispatcher: str, group: str, tenants: Sequence[tuple[str, str]]) -> tuple[Right, ...]:
    """Return the rights of a dispatcher and of tenants, given as pairs of tenant and principal."""
    own = [right for tenant, principal in tenants for right in tenant_rights(principal, tenant)]
    return (*(dispatcher_rights(dispatcher, group) if dispatcher else ()), *own)
