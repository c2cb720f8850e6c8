"""The errors of brokers as refusals: no broker answers, it refuses who we are, or it refuses what we ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from foundry.errors import FoundryError, NotAllowed, Outage, clipped


class Connection(Protocol):
    """The addresses of brokers and the name by which they know this client."""

    @property
    def bootstrap(self) -> str:
        """Host and port of each broker."""

    @property
    def identity(self) -> str:
        """The user, as errors name it."""


class NoBroker(Outage):
    """None of the brokers answers."""

    code = "no_broker"

    def __init__(self, bootstrap: str, reason: str) -> None:
        super().__init__(bootstrap, reason)
        self.bootstrap, self.reason = bootstrap, reason

    def __str__(self) -> str:
        return (
            f"no Kafka broker answers at {self.bootstrap} ({self.reason}). Start one with `foundry stack up kafka`, "
            "or give --bootstrap and, for SASL or TLS, --kafka-config."
        )


class WrongIdentity(NotAllowed):
    """The broker refuses the user name, the password or the token."""

    code = "wrong_identity"

    def __init__(self, bootstrap: str, user: str, reason: str) -> None:
        super().__init__(bootstrap, user, reason)
        self.bootstrap, self.user, self.reason = bootstrap, user, reason

    def __str__(self) -> str:
        return (
            f"the broker at {self.bootstrap} refuses the user name or password of {self.user!r} "
            f"({clipped(self.reason, 300)}); check both, and the mechanism, in the file of --kafka-config and the "
            "variable that it names"
        )


class NotPermitted(NotAllowed):
    """The broker knows us, and its ACLs do not allow what was asked."""

    code = "not_permitted"

    def __init__(self, user: str, what: str) -> None:
        super().__init__(user, what)
        self.user, self.what = user, what

    def __str__(self) -> str:
        return (
            f"the broker does not allow {self.user!r} to use {self.what}; ask its operator for the right "
            "(docs/kafka.md lists who needs which)"
        )


class NoSuchTopic(FoundryError):
    """The brokers do not have the topic."""

    code = "no_such_topic"

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.topic = topic

    def __str__(self) -> str:
        return f"there is no topic {self.topic!r}; create the topics with `foundry topics create`"


class BrokerRefused(FoundryError):
    """The broker answers, and does not do what was asked."""

    code = "broker_refused"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, reason)
        self.what, self.reason = what, reason

    def __str__(self) -> str:
        return f"the broker refuses what is asked of {self.what}: {self.reason}"


@contextmanager
def broker_errors(connection: Connection, what: str = "the cluster") -> Iterator[None]:
    """Turn the errors of kafka-python in the block into refusals; `what` names the thing that the block uses."""
    from kafka.errors import KafkaError

    try:
        yield
    except KafkaError as error:
        raise as_refusal(connection, error, what) from error


def as_refusal(connection: Connection, error: Exception, what: str) -> FoundryError:
    """Return the refusal that an error of kafka-python means."""
    from kafka.errors import (
        AuthorizationError,
        BrokerResponseError,
        SaslAuthenticationFailedError,
        UnknownTopicOrPartitionError,
    )

    for link in _causes(error):
        if isinstance(link, SaslAuthenticationFailedError):
            return WrongIdentity(connection.bootstrap, connection.identity, str(link))
        if isinstance(link, AuthorizationError):
            return NotPermitted(connection.identity, what)
    if isinstance(error, UnknownTopicOrPartitionError):
        return NoSuchTopic(what)
    if isinstance(error, BrokerResponseError) and not error.retriable:
        return BrokerRefused(what, clipped(_reason(error), 300))
    return NoBroker(connection.bootstrap, clipped(str(error), 300) or type(error).__name__)


def _reason(error: Exception) -> str:
    """Return the broker's own words, without the request that kafka-python repeats."""
    text = str(error)
    return (
        text.rsplit("error_message=", 1)[-1].split("', ", maxsplit=1)[0].strip("'\"")
        if "error_message=" in text
        else text
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        error, seen = error.__cause__ or error.__context__, seen + 1
