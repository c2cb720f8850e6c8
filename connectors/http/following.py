"""Redirects, followed by one rule: few, none twice, none down from TLS, and the credential only within its scope."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from connectors.http.credential_scope import CredentialScope, Hop, UnsafeRedirect, first_hop, next_hop
from connectors.http.exchange import HttpAnswer

MOST_REDIRECTS = 5


def follow(
    url: httpx2.URL, scope: CredentialScope, send: Callable[[Hop], HttpAnswer], *, most: int = MOST_REDIRECTS
) -> HttpAnswer:
    """Return the answer at the end of the redirects from `url`; UnsafeRedirect for a chain that must not be followed.

    `send` asks for one address.
    """
    hop, asked = first_hop(url, scope), {url}
    answer = send(hop)
    while answer.location:
        following = _joined(hop.url, answer.location)
        if following in asked:
            raise UnsafeRedirect("a redirect in a circle")
        if len(asked) > most:
            raise UnsafeRedirect(f"the last of more than {most} redirects")
        asked.add(following)
        hop = next_hop(hop, following, scope)
        answer = send(hop)
    return answer


def _joined(base: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return base.join(location).copy_with(fragment=None)
    except httpx2.InvalidURL:
        raise UnsafeRedirect("a redirect to a malformed address") from None
