"""Failures of one try of a request: those that may pass, and whether the request may have been made all the same."""

from __future__ import annotations

from connectors.http.exchange import ExchangeFailed, HttpAnswer, Unsent, retry_after_s
from connectors.http.public_address import NoAddress, UnsafeAddress

LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""
NOT_DONE = frozenset({425, 429})
"""Those among them that say that the request was not worked on."""
LONGEST_WISH_S = 86_400.0


class Again(Exception):
    """A try that failed and may be repeated. after_s: the pause that was asked for; maybe: it may have been made."""

    def __init__(self, what: str, after_s: float = 0.0, *, maybe: bool = False) -> None:
        super().__init__(what, after_s, maybe)
        self.what, self.after_s, self.maybe = what, after_s, maybe


def unanswered(host: str, error: ExchangeFailed | UnsafeAddress) -> Again:
    """Return the fault of a request to which no usable answer came."""
    if isinstance(error, NoAddress):
        return Again(f"{host} has no address now")
    return Again(f"{host} does not answer ({error})", maybe=not isinstance(error, Unsent))


def asked_for_patience(host: str, answer: HttpAnswer, now: float, untold_s: float) -> Again:
    """Return the fault of an answer with one of the statuses LATER. now: seconds since 1970.

    untold_s: the pause after a 429 that names none. A server that answers 503 and names a pause has not begun.
    """
    status = answer.status
    after_s = min(retry_after_s(answer.retry_after, now), LONGEST_WISH_S)
    if status == 429 and not after_s:
        after_s = untold_s
    not_done = status in NOT_DONE or (status == 503 and after_s > 0)
    return Again(f"{host} answers {status}", after_s, maybe=not not_done)
