"""Whether what a target holds is what was brought there, by the target's own words: never by size alone."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.target.connector import Found
from foundry.delivery.receipt import Receipt


def agrees(found: Found, receipt: Receipt) -> bool:
    """Return True if an asset is as its receipt has it: by a hash of one kind, or else by etag, or else by version.

    A target that tells none of them is believed.
    """
    kind, _, value = receipt.checksum.partition(":")
    if value and kind in found.checksums:
        return found.checksums[kind] == value
    if receipt.content and "sha256" in found.checksums:
        return found.checksums["sha256"] == receipt.content
    if receipt.etag and found.etag:
        return found.etag == receipt.etag
    if receipt.version and found.version:
        return found.version == receipt.version
    return True


def is_of_attempt(found: Found, hashes: Mapping[str, str]) -> bool | None:
    """Return True if an asset is what an attempt sent, whose receipt was lost; None if the target does not tell.

    hashes: of what the attempt sent.
    """
    for kind in sorted(hashes.keys() & found.checksums.keys(), reverse=True):
        return found.checksums[kind] == hashes[kind]
    if found.content and "sha256" in hashes:
        return found.content == hashes["sha256"]
    return None
