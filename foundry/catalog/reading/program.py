"""The program that reads one feed and sends its rows to standard output; the fence is around it already."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Read the feed that the argument describes."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from foundry.catalog.catalog import Feed
    from foundry.catalog.reading.frames import chunk_head, facts_head, send
    from foundry.catalog.reading.limits import FeedLimits
    from foundry.catalog.reading.reading import read_here
    from foundry.catalog.refusals import BadFeed
    from foundry.catalog.rows import FetchedFeed

    job = json.loads(sys.argv[1])
    feed = FetchedFeed(job["name"], Path(job["path"]), "", job["size_bytes"])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not come among the frames
    try:
        reading = read_here(
            feed, Feed.model_validate(job["spec"]), frozenset(job["wanted"]), FeedLimits(**job["limits"])
        )
        send(out, {"kind": reading.kind})
        for chunk in reading.chunks():
            send(out, chunk_head(chunk), chunk.columns)
        send(out, facts_head(reading.facts()))
    except BadFeed as refusal:
        send(out, {"refused": [refusal.name, refusal.code, refusal.limit, refusal.remedy]})


if __name__ == "__main__":
    main()
