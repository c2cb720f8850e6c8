"""Download of the pictures that a vendor's answer points to, from the vendor's hosts or any public one."""

from __future__ import annotations

from connectors.http.credential_scope import UnsafeRedirect, first_hop, next_hop
from connectors.http.exchange import HttpAnswer
from foundry.inputs.picture import MAX_BYTES
from models.remote.connection import Connection, url_of
from models.remote.effort import Effort
from models.remote.reach import unsafe_address
from models.remote.refusals import Transient

KINDS = ("image/png", "image/jpeg", "image/webp", "application/octet-stream", "binary/octet-stream")
MOST_HOPS = 4


def download(address: object, connection: Connection, effort: Effort) -> bytes:
    """Return the bytes of the picture at `address`; Transient if there is none now, Declined if it is out of reach."""
    if not isinstance(address, str):
        raise Transient("the answer holds neither a picture nor its address")
    answer = _follow(address, connection, effort)
    if answer.status in (403, 404, 410):
        raise Transient(f"the picture's address answers {answer.status}")
    connection.judge(answer, effort)
    if answer.kind not in KINDS:
        raise Transient(f"the picture's address gives {answer.kind or 'an unknown type'}, no picture")
    return answer.body


def _follow(address: str, connection: Connection, effort: Effort) -> HttpAnswer:
    """Return the answer at the end of the redirects; the address of each is checked anew."""
    scope = connection.reach.scope
    hop = first_hop(url_of(address, scope.home), scope)
    for _ in range(MOST_HOPS):
        answer = connection.get(hop, effort, MAX_BYTES)
        if not answer.location:
            return answer
        try:
            hop = next_hop(hop, url_of(answer.location, hop.url), scope)
        except UnsafeRedirect as unsafe:
            raise unsafe_address(f"is {unsafe}") from unsafe
    raise Transient(f"the picture's address redirects {MOST_HOPS} times")
