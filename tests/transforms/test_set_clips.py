"""Clips in sets are filmed in parts, put together once, and go on where a kill left them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from foundry.plan.clip import FRAMES_PER_RANGE, ClipOrder, clip_from_json, frame_ranges
from foundry.store.object_store import SCRATCH, LocalStore, crc32c
from imaging.film.picture_sources import decode_frames
from models.screening.context import ScreenContext
from models.sets.ask import SetAsk
from models.sets.rendered import Rendered
from models.sets.renderer.refusals import RenderRefused
from models.video.card_routing import FilmByCard
from models.video.set_filming import FilmFrames
from tests.models.video.test_clip_judging import a_screen
from tests.support.briefs import ROOT
from tests.support.set_films import SEED, Painter, a_film_card, a_set_clip, guide_of, painting, store_master
from tests.support.stored import objects
from tests.transforms.film_set_once import main as film
from transforms.clips import MakeClips

CARD = a_film_card()


def made(store: LocalStore, orders: list[ClipOrder], framing: FilmFrames, names: list[str], codes: list[str]) -> None:
    filming = FilmByCard({CARD.digest: CARD}, store, {"": a_screen()}, ScreenContext(), device="cpu")
    with beam.Pipeline("FnApiRunner") as pipeline:
        making = MakeClips(filming, {CARD.digest: CARD}, store, framing=framing)
        written, refused = pipeline | beam.Create(orders) | making
        assert_that(written, equal_to(names), label="names")
        assert_that(refused | beam.Map(lambda letter: letter.code), equal_to(codes), label="refused")


def test_a_clip_is_filmed_in_parts_and_put_together(tmp_path: Path) -> None:
    store, order = LocalStore(tmp_path), a_set_clip(CARD, "orbit", "petals", frames=19)
    store_master(store, order)
    made(store, [order], painting(store), [order.name], [])
    own = store.for_tenant("aurelle")
    record, clip = clip_from_json(own.get(order.record)), own.get(order.clip)
    assert (record.frames, record.seed, record.crc32c, record.size_bytes) == (19, SEED, crc32c(clip), len(clip))
    assert record.moves == ("orbit 0.0 to 20.0", "petals 1.0")
    assert record.spent.model_calls == 19
    assert [attempt.passed for attempt in record.attempts] == [True]
    assert list(own.list(f"clips/{order.name[:2]}/{order.name}.frames/")) == []
    assert list((tmp_path / SCRATCH).iterdir()) == []
    frames = [levels for _, levels in decode_frames(store.for_tenant("aurelle").path(order.clip))]
    assert len(frames) == 19
    assert frames[0].shape == (48, 64, 3)
    across = [int(frame[0, 0, 0]) / 65_535 for frame in frames]
    assert across == pytest.approx([0.3 * number / 18 for number in range(19)], abs=0.002)


def test_parts_cover_a_clip_without_gap_or_overlap() -> None:
    for frames in (1, 2, FRAMES_PER_RANGE, FRAMES_PER_RANGE + 1, 145):
        order = a_set_clip(CARD, frames=frames)
        covered = [number for part in frame_ranges(order) for number in range(part.first, part.last + 1)]
        assert covered == list(range(frames))
        assert len({part.part for part in frame_ranges(order)}) == len(frame_ranges(order))


class Refusing(Painter):
    """A renderer that refuses the frames of the second half."""

    def render(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        if ask.moment and ask.moment.at > 0.5:
            raise RenderRefused("render_too_slow", "set plain took longer than 1 s to render; ask for fewer samples")
        return super().render(ask, files)


def test_a_part_that_is_refused_is_its_clips_dead_letter_and_the_others_stay_for_the_next_run(tmp_path: Path) -> None:
    store, order, other = LocalStore(tmp_path), a_set_clip(CARD, frames=30), a_set_clip(CARD, "crane", frames=9)
    store_master(store, order)
    made(store, [order], FilmFrames(guide_of, store, Refusing), [], ["render_too_slow"])
    own = store.for_tenant("aurelle")
    kept = [part for part in frame_ranges(order) if own.exists(part.record)]
    assert 0 < len(kept) < len(frame_ranges(order))
    made(store, [order, other], Counting(guide_of, store, Painter), [order.name, other.name], [])
    filmed = [part for part in Counting.filmed if part.order.name == order.name]
    assert [part.name for part in filmed] == [part.name for part in frame_ranges(order) if part not in kept]


class Counting(FilmFrames):
    """The handler of parts; it notes which it is given."""

    filmed: list[Any] = []  # noqa: RUF012 - of all copies that travel to workers in this process

    def run_inference(self, batch: Any, model: Any, inference_args: Any = None) -> Any:
        Counting.filmed += batch
        return super().run_inference(batch, model, inference_args)


class Unasked(FilmFrames):
    """A handler that must have nothing to do."""

    def run_inference(self, batch: Any, model: Any, inference_args: Any = None) -> Any:
        raise AssertionError(f"{len(batch)} parts are filmed again")


def test_a_finished_clip_is_not_filmed_again_and_what_a_kill_left_of_its_parts_is_removed(tmp_path: Path) -> None:
    store, order = LocalStore(tmp_path), a_set_clip(CARD, frames=9)
    store_master(store, order)
    made(store, [order], painting(store), [order.name], [])
    own = store.for_tenant("aurelle")
    own.put_once(frame_ranges(order)[0].part, b"left")
    made(store, [order], Unasked(guide_of, store), [order.name], [])
    assert not own.exists(frame_ranges(order)[0].part)


def test_a_part_that_was_changed_in_the_store_is_filmed_again(tmp_path: Path) -> None:
    store, order = LocalStore(tmp_path), a_set_clip(CARD, frames=30)
    store_master(store, order)
    made(store, [order], FilmFrames(guide_of, store, Refusing), [], ["render_too_slow"])
    first = store.for_tenant("aurelle").path(frame_ranges(order)[0].part)
    first.write_bytes(first.read_bytes()[:-9])
    made(store, [order], painting(store), [order.name], [])
    assert len(list(decode_frames(store.for_tenant("aurelle").path(order.clip)))) == 30


def test_killed_in_the_middle_of_a_film_it_goes_on_at_the_missing_frames_with_the_same_bytes(tmp_path: Path) -> None:
    film(tmp_path / "undisturbed")
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.transforms.film_set_once", str(killed), "0.03"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while len(list(killed.glob("aurelle/clips/*/*.frames/*.json"))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    kept = {path: path.stat().st_mtime_ns for path in killed.glob("aurelle/clips/*/*.frames/*.json")}
    assert 2 <= len(kept) < 8
    assert not list(killed.glob("aurelle/clips/*/*.json"))
    spent = [json.loads(path.read_text())["spent"]["model_calls"] for path in kept]
    film(killed)
    assert objects(killed) == objects(tmp_path / "undisturbed")
    records = [json.loads(path.read_text()) for path in killed.glob("aurelle/clips/*/*.json")]
    assert sum(record["spent"]["model_calls"] for record in records) == 61
    assert sum(spent) == FRAMES_PER_RANGE * len(spent)
    assert list((killed / SCRATCH).iterdir()) == []
