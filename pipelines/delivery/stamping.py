"""The bytes that leave: a finished file with its metadata embedded, or as it is where a target wants that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.target.outgoing import Content
from foundry.channel.placement import placements
from foundry.delivery.slot import Part
from foundry.store.object_store import ObjectStore
from imaging.metadata.embedding import can_embed, embed
from pipelines.delivery.fetching import fetch_file
from pipelines.delivery.saying import Saying
from pipelines.delivery.selecting import Selected

log = logging.getLogger("foundry.delivery")


@contextmanager
def stamped(own: ObjectStore, file: Selected, said: Saying, *, embeds: bool) -> Iterator[Content]:
    """Yield the bytes to be sent, in a scratch file that lives as long as the block.

    The same file with the same words gives the same bytes. NoSuchObject and CorruptObject for a file that is not what
    its record says, CannotEmbed for one that takes no metadata.
    """
    with own.scratch_file(f".{file.extension}") as finished:
        fetch_file(own, file.stored, finished)
        if not embeds or file.slot.part is Part.SUBTITLES or not can_embed(file.row.format):
            yield Content(finished)
            return
        with own.scratch_file(f".{file.extension}") as made:
            done = embed(finished, made, file.row.format, said.metadata, limit_of(file.row.placement))
            if done.left_out:
                log.info("%s has no room for %s within its placement's bytes", file.address, ", ".join(done.left_out))
            yield Content(made)


def limit_of(placement: str) -> int | None:
    """Return the most bytes that a placement takes; None for one without a limit, or that is known no more."""
    known = placements().get(placement)
    return known.max_bytes if known else None
