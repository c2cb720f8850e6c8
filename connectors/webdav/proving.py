"""How sure it is that a WebDAV server holds a file: by the best means that it has, in one request at most."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connectors.http.exchange import HttpAnswer
from connectors.http.terms import Terms
from connectors.target.outgoing import Content
from connectors.webdav.multistatus import plain_etag
from connectors.webdav.server import Server
from foundry.delivery.proof import Proof

REREAD_BYTES = 32 << 20
"""Files up to this size are read again where a server computes no hash."""
CLAIMED = "sha1"
"""The kind of hash that is told to ownCloud with a file. What it answers of this kind may be our own words."""
_KINDS = ("sha256", "sha1", "md5")


@dataclass(frozen=True)
class Proved:
    """What a server holds: the grade, and its entity tag."""

    proof: Proof
    etag: str


def claims(server: Server, content: Content) -> dict[str, str]:
    """Return the headers by which Nextcloud and ownCloud check an upload, or tell what they computed of it.

    Nextcloud keeps `OC-Checksum` unchecked and gives it back, so there it proves nothing; with `X-Hash` it tells a
    hash of what it wrote. ownCloud compares, and refuses what differs.
    """
    if server.abilities.nextcloud:
        return {"X-Hash": "sha256"}
    return {"OC-Checksum": f"SHA1:{content.hexdigest(CLAIMED)}"} if server.abilities.owncloud else {}


def told_of_upload(answer: HttpAnswer, content: Content) -> Proved | None:
    """Return what an upload's own answer proves; None for nothing, or if the server keeps no tag of it."""
    told = answer.headers.get("x-hash-sha256", "").strip().lower()
    etag = plain_etag(answer.headers.get("oc-etag", "") or answer.headers.get("etag", ""))[:200]
    return Proved(Proof.HASH, etag) if told == content.sha256 and etag else None


def proved(server: Server, path: str, content: Content) -> Proved | None:
    """Return what the server proves of a file that is there; None if it holds something else, or nothing."""
    if server.abilities.nextcloud:
        return _computed(server, path, content) or _reread(server, path, content)
    if server.abilities.owncloud and (found := _by_checksums(server, path, content)):
        return found
    return _reread(server, path, content)


def _computed(server: Server, path: str, content: Content) -> Proved | None:
    """Let Nextcloud compute a hash of what it stores (`X-Recalculate-Hash`)."""
    answer = server.session.ask("PATCH", server.at.file(path), None, Terms(headers={"X-Recalculate-Hash": "sha256"}))
    if answer.headers.get("oc-checksum", "").strip().lower() != f"sha256:{content.sha256}":
        return None
    found = server.describe(server.at.file(path))
    return Proved(Proof.HASH, found.etag) if found and found.size_bytes == content.size_bytes else None


def _by_checksums(server: Server, path: str, content: Content) -> Proved | None:
    """Compare the checksums that ownCloud computed; one that we have not told ourselves must be among them."""
    found = server.describe(server.at.file(path))
    if found is None or found.size_bytes != content.size_bytes:
        return None
    told = {kind.lower(): value.lower() for kind, _, value in (each.partition(":") for each in found.checksums)}
    known = {kind: content.hexdigest(kind) for kind in _KINDS if kind in told and kind in hashlib.algorithms_available}
    if any(told[kind] != value for kind, value in known.items()) or not set(known) - {CLAIMED}:
        return None
    return Proved(Proof.HASH, found.etag)


def _reread(server: Server, path: str, content: Content) -> Proved | None:
    """Read a file again, or compare the size of a large one."""
    url = server.at.file(path)
    if content.size_bytes > REREAD_BYTES:
        found = server.describe(url)
        right = found is not None and found.size_bytes == content.size_bytes
        return Proved(Proof.SIZE, found.etag) if found and right else None
    answer, read = server.session.hash_of(url, "sha256", Terms(most_bytes=content.size_bytes))
    if answer.status != 200 or read.hexdigest != content.sha256:
        return None
    if etag := plain_etag(answer.headers.get("etag", ""))[:200]:
        return Proved(Proof.REREAD, etag)
    found = server.describe(url)
    return Proved(Proof.REREAD, found.etag) if found else None
