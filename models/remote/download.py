"""Pictures that a vendor's answer points to: fetched without the credential, redirects and all, from public hosts."""

from __future__ import annotations

from foundry.inputs.picture import MAX_BYTES
from models.remote.exchange import Answer, Connection, url_of
from models.remote.patience import Effort
from models.remote.refusals import Transient

KINDS = ("image/png", "image/jpeg", "image/webp", "application/octet-stream", "binary/octet-stream")
MOST_HOPS = 4


def downloaded(address: object, connection: Connection, effort: Effort) -> bytes:
    """The picture's bytes; Transient if there is none now, Declined if it may not be fetched."""
    if not isinstance(address, str):
        raise Transient("the answer holds neither a picture nor its address")
    answer = _followed(address, connection, effort)
    if answer.status in (403, 404, 410):
        raise Transient(f"the picture's address answers {answer.status}")
    connection.judge(answer, effort)
    if answer.kind not in KINDS:
        raise Transient(f"the picture's address gives {answer.kind or 'an unknown type'}, no picture")
    return answer.body


def _followed(address: str, connection: Connection, effort: Effort) -> Answer:
    """The answer at the end of the redirects; where each leads is checked anew."""
    url = url_of(address, connection.reach.home)
    for _ in range(MOST_HOPS):
        answer = connection.get(url, effort, MAX_BYTES)
        if not answer.location:
            return answer
        url = url_of(answer.location, url)
    raise Transient(f"the picture's address redirects {MOST_HOPS} times")
