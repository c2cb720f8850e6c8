"""The terms of one request to a target, and of all requests of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2

from connectors.http.bodies import Body
from foundry.retrying import Clock, RetryPolicy

AGENT = "campaign-foundry (delivery)"


def go_on() -> None:
    """Return: nothing ends this request from outside."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How one request is made.

    repeatable: making it twice does no more than making it once, so it is repeated after a failure that leaves open
    if it was made. False: after such a failure, TargetAway rises with `maybe`, and the caller asks the target first.
    signed_in: with the target's credential, which goes to the target's own origin alone. False for addresses that the
    target hands out and that are secrets themselves; any public host may then be asked.
    headers: further headers. most_bytes: of the answer. seconds: for the whole exchange; 0 for a time by its sizes.
    remade: returns body and headers anew for each try, where they hold a time or a link that ends. judged: statuses
    that the caller wants to see although they would be tried again, or refused. check: called before each try, while
    waiting and while a body goes out; what it raises ends the request (`Progress.check`).
    """

    repeatable: bool = True
    signed_in: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    most_bytes: int = 4_000_000
    seconds: float = 0.0
    remade: Callable[[], tuple[Body, Mapping[str, str]]] | None = None
    judged: frozenset[int] = frozenset()
    check: Callable[[], None] = go_on


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a session tries one request. All in seconds.

    tries: the first included. budget_s: for all tries and pauses of one request, without the time of bodies.
    longest_wait_s: the longest pause that a target may ask for and that is waited for here; for a longer one, and for
    an open circuit, TargetAway rises at once with `after_s`, so that no thread stands still.
    untold_wait_s: the pause after a 429 that names none; 0 for the usual doubled pauses. call_s: for one exchange, and
    for its silence. slowest: bytes a second, by which the time of a large body is reckoned.
    """

    tries: int = 6
    budget_s: float = 120.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 20.0
    longest_wait_s: float = 30.0
    untold_wait_s: float = 0.0
    call_s: float = 60.0
    slowest: int = 20_000

    def policy(self, exchange_s: float, clock: Clock) -> RetryPolicy:
        """Return the limits of the repetition of a request whose exchange may take so long."""
        return RetryPolicy(
            attempts=self.tries,
            budget_s=self.budget_s + exchange_s - self.call_s,
            first_pause_s=self.first_pause_s,
            longest_pause_s=self.longest_pause_s,
            clock=clock,
        )


@dataclass(frozen=True)
class Asked:
    """One request as it is made, perhaps several times."""

    method: str
    url: httpx2.URL
    body: Body | None
    terms: Terms

    def seconds(self, patience: Patience) -> float:
        """Return the time of one exchange: as it was set, or by the bytes that go and that may come."""
        sent = self.body.size_bytes if self.body else 0
        return self.terms.seconds or patience.call_s + max(sent, self.terms.most_bytes) / patience.slowest

    def made(self) -> tuple[Body | None, dict[str, str]]:
        """Return the body and the headers of one try."""
        body, more = self.terms.remade() if self.terms.remade else (self.body, {})
        headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **self.terms.headers, **more}
        if body:
            headers["Content-Length"] = str(body.size_bytes)
            if body.media_type:
                headers.setdefault("Content-Type", body.media_type)
        elif self.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = "0"
        return body, headers
