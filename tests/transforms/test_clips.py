"""Clip orders become clip masters, once, with every family and after a kill."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image

from foundry.plan.clip import ClipOrder, Scenario, clip_order
from foundry.store.object_store import SCRATCH, LocalStore, crc32c
from models.video.video_handler import VideoHandler
from tests.support.briefs import ROOT
from tests.support.stored import objects
from tests.support.tiny_video import FAMILIES, a_video_card
from tests.transforms.film_once import main as film
from tests.transforms.film_once import some_orders
from transforms.clips import MakeClips


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cards")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_runs_through_the_flow(family: str, shelf: Path, tmp_path: Path) -> None:
    card, store = a_video_card(family, shelf), LocalStore(tmp_path)
    own, first = store.for_tenant("aurelle"), None
    if card.task == "image-to-video":
        first, stream = "masters/ab/ab.png", io.BytesIO()
        Image.new("RGB", (64, 64), "#336699").save(stream, "PNG")
        own.put_once(first, stream.getvalue())
    good = clip_order(card, "aurelle", Scenario("calm sea", first_frame=first), "square")
    bad = ClipOrder(**{**good.__dict__, "name": "b" * 32, "frames": 11})
    with beam.Pipeline("FnApiRunner") as pipeline:
        making = MakeClips(VideoHandler(card, store, device="cpu"), {card.digest: card}, store)
        names, refused = pipeline | beam.Create([good, bad]) | making
        assert_that(names, equal_to([good.name]), label="names")
        letters = refused | beam.Map(lambda letter: (letter.stage, letter.code, letter.key))
        assert_that(letters, equal_to([("film", "impossible_clip", bad.key)]), label="refused")
    record = json.loads(own.get(good.record))
    clip = own.get(good.clip)
    assert (record["frames"], record["frames_per_second"], record["codec"], record["bits"]) == (9, 8, "ffv1", 10)
    assert (record["crc32c"], record["size_bytes"]) == (crc32c(clip), len(clip))
    assert not own.exists(bad.record)
    assert list((tmp_path / SCRATCH).iterdir()) == []


def test_a_second_run_films_nothing_and_names_the_same_clips(shelf: Path, tmp_path: Path) -> None:
    card, store = a_video_card("ltx", shelf), LocalStore(tmp_path)
    orders = some_orders(card, 2)
    for filming in (VideoHandler(card, store, device="cpu"), Unasked(card, store)):
        with beam.Pipeline("FnApiRunner") as pipeline:
            names, _ = pipeline | beam.Create(orders) | MakeClips(filming, {card.digest: card}, store)
            assert_that(names, equal_to([order.name for order in orders]))


class Unasked(VideoHandler):
    """A handler that must have nothing to do."""

    def run_inference(self, batch: Any, model: Any, inference_args: Any = None) -> Any:
        raise AssertionError(f"{len(batch)} clips are filmed again")


def test_killed_while_filming_and_started_again_nothing_differs(shelf: Path, tmp_path: Path) -> None:
    film(shelf, tmp_path / "undisturbed")
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.transforms.film_once", str(shelf), str(killed)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while not list(killed.glob("aurelle/clips/*/*.mkv")):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert len(list(killed.glob("aurelle/clips/*/*.json"))) < 8
    film(shelf, killed)
    assert objects(killed) == objects(tmp_path / "undisturbed")
    assert list((killed / SCRATCH).iterdir()) == []


def test_another_tenants_picture_is_out_of_reach(shelf: Path, tmp_path: Path) -> None:
    card, store = a_video_card("ltx-image", shelf), LocalStore(tmp_path)
    store.for_tenant("northpeak").put_once("masters/ab/ab.png", b"secret")
    order = clip_order(card, "aurelle", Scenario("sea", first_frame="../northpeak/masters/ab/ab.png"), "square")
    with beam.Pipeline("FnApiRunner") as pipeline:
        making = MakeClips(VideoHandler(card, store, device="cpu"), {card.digest: card}, store)
        names, refused = pipeline | beam.Create([order]) | making
        assert_that(names, equal_to([]), label="names")
        assert_that(refused | beam.Map(lambda letter: letter.code), equal_to(["foreign_name"]), label="refused")
