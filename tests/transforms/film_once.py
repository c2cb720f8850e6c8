"""Films eight clips in a process of its own that a test can kill: python -m tests.transforms.film_once DIR STORE."""

from __future__ import annotations

import sys
from pathlib import Path

import apache_beam as beam

from foundry.card.card import ModelCard
from foundry.plan.clip import ClipOrder, Scenario, clip_order
from foundry.store.object_store import LocalStore
from models.video.video_handler import VideoHandler
from tests.support.tiny_video import a_video_card
from transforms.clips import MakeClips


def some_orders(card: ModelCard, count: int = 8) -> list[ClipOrder]:
    """Clips of one prompt, one after another."""
    return [clip_order(card, "aurelle", Scenario("calm sea"), "square", number) for number in range(count)]


def main(shelf: Path, root: Path) -> None:
    """Film what is missing, on the embedded runner."""
    card, store = a_video_card("ltx", shelf), LocalStore(root)
    store.sweep()
    with beam.Pipeline("FnApiRunner") as pipeline:
        making = MakeClips(VideoHandler(card, store, device="cpu"), {card.digest: card}, store)
        pipeline | beam.Create(some_orders(card)) | making


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
