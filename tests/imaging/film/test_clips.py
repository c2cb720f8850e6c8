"""Scenes that move: clips are filmed between masters and films, once; films show them frame by frame, under type."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from foundry.card.card import ModelCard
from foundry.manifest import manifest_from_json
from foundry.plan.clip import ClipOrder
from foundry.plan.clips import plan_clips
from foundry.plan.shot import Box, MasterFacts
from foundry.store.object_store import SCRATCH, LocalStore
from imaging.film.clip_master import encode_clip
from imaging.film.film_staging import FilmInputs, stage_film
from imaging.film.finished_film import FilmCache, FinishedFilm, make_film
from imaging.film.footage import Footage, facts_of_clip, frames_at, open_footage
from imaging.film.locale_content import film_text
from imaging.film.signal import Signal
from imaging.pixels.contrast import contrast, luminance, luminance_range
from pipelines.campaign.explain import explain
from pipelines.campaign.flow import Outcome, build
from pipelines.planning.admission import Admitted
from tests.support.counted import counted
from tests.support.fakes import PaintingHandler
from tests.support.manifests import manifest_records, manifest_rows
from tests.support.moving_briefs import ARCH, BOTH, WALL, a_story_card, ordered_moving
from tests.support.small_films import a_picture, first_variant
from tests.support.stored import objects

pytestmark = pytest.mark.campaign

SIZE = (96, 160)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cards")


def run(each: Admitted, root: Path, **refusing: str) -> Outcome:
    return build(each.plan, each.inputs, LocalStore(root), generator=PaintingHandler(**refusing))


def frames_of(file: Path) -> list[Any]:
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_moving_scene_is_filmed_once_and_what_is_asked_anew_is_made_anew(
    shelf: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    card, root = a_story_card(shelf), tmp_path / "store"
    each = ordered_moving(tmp_path, monkeypatch, card, film=BOTH)
    done = run(each, root)
    assert (done.rows, done.letters, done.counts["clips"]) == (2, (), 1)
    own = LocalStore(root).for_tenant("aurelle")
    ((shot, clip),) = plan_clips(each.plan)
    assert json.loads(own.get(clip.record))["first_frame"] == shot.master
    film = first_variant(each.plan, "en-US")
    shown = frames_of(own.path(film.address("mp4")))
    assert (len(shown), shown[0].shape) == (48, (320, 180, 3))
    assert list(own.list("clips")) == [clip.record, clip.clip]
    assert list((root / SCRATCH).iterdir()) == []
    assert explain(film.name, str(root)).as_json()["clip_records"] == [json.loads(own.get(clip.record))]
    assert [record.clips for record in manifest_records(root)] == [(clip.clip,)] * 2
    before = objects(root)
    assert counted(run(each, root).counts) == {"files_found": 2}
    assert objects(root) == before
    again_with_another_prompt(tmp_path, monkeypatch, card, before)


def again_with_another_prompt(folder: Path, monkeypatch: Any, card: ModelCard, before: dict[str, str]) -> None:
    scenes = [{**WALL, "clip": {"prompt": "The light wanders", "seconds": "1"}}, ARCH]
    done = run(ordered_moving(folder, monkeypatch, card, film=BOTH, scenes=scenes), folder / "store")
    assert (done.rows, counted(done.counts)) == (2, {"clips": 1, "variants": 2, "files_made": 2})
    made = set(objects(folder / "store")) - set(before)
    assert sum(name.startswith("aurelle/clips/") for name in made) == 2
    assert not any("/masters/" in name for name in made)


def test_a_refused_clip_is_one_dead_letter_and_its_films_name_the_scene(
    shelf: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    limits = {"contrast": "0.9"}
    each = ordered_moving(tmp_path, monkeypatch, a_story_card(shelf), thresholds=limits)
    done = run(each, tmp_path / "store")
    ((_, clip),) = plan_clips(each.plan)
    told = sorted((letter.stage, letter.code, letter.brief) for letter in done.letters)
    assert told == [("film", "clip_refused", each.plan.digest), *[("render", "no_clip", each.plan.digest)] * 2]
    of_clip, *of_films = sorted(done.letters, key=lambda letter: letter.stage)
    assert of_clip.key == clip.key
    assert "refused 2 times, last for not_blank, first frame" in of_clip.reason
    assert {letter.reason for letter in of_films} == {
        f"clip {clip.name} of scene 'wall' was not made, since it was refused; see its own dead letter."
    }
    assert done.rows == 0
    assert [name for name in objects(tmp_path / "store") if "/clips/" in name] == []


def test_of_a_refused_shot_no_clip_is_filmed(shelf: Path, tmp_path: Path, monkeypatch: Any) -> None:
    each = ordered_moving(tmp_path, monkeypatch, a_story_card(shelf))
    done = run(each, tmp_path / "store", refuse="story")
    assert sorted((letter.stage, letter.code) for letter in done.letters) == [
        ("render", "no_master"), ("render", "no_master"), ("screen", "shot_refused"),
    ]  # fmt: skip
    assert "of scene 'wall'" in next(letter.reason for letter in done.letters if letter.stage == "render")


def test_a_card_that_films_from_words_films_for_all_products(shelf: Path, tmp_path: Path, monkeypatch: Any) -> None:
    card = a_story_card(shelf, "wan", sizes={"story": (96, 160)})
    each = ordered_moving(tmp_path, monkeypatch, card)
    done = run(each, tmp_path / "store")
    assert (done.rows, done.letters, done.counts["clips"]) == (2, (), 1)
    record = json.loads(LocalStore(tmp_path / "store").for_tenant("aurelle").get(next(plan_clips(each.plan))[1].record))
    assert (record["first_frame"], record["prompt"], record["frames"]) == (None, "Plaster wall", 9)


def a_clip(file: Path, frames: Iterator[Any], box: Box | None = None) -> Footage:
    encode_clip(frames, file, 8)
    return Footage(file, MasterFacts(name="clip", bucket="story", width_px=SIZE[0], height_px=SIZE[1], product_box=box))


def greys() -> Iterator[Any]:
    """Nine frames at eight a second, each a shade lighter; the left half is red."""
    for number in range(9):
        frame = np.full((SIZE[1], SIZE[0], 3), 0.1 + 0.08 * number, np.float32)
        frame[:, : SIZE[0] // 2] = (0.8, 0, 0)
        yield frame


def made_with(
    clip: Footage, folder: Path, monkeypatch: Any, *, film: Any = None
) -> tuple[FinishedFilm, list[Any], Any]:
    """The English film with this clip in place of its first scene: what was made, its frames, its variant."""
    each = ordered_moving(folder, monkeypatch, None, scenes=[WALL, ARCH], film=film)
    variant, store = first_variant(each.plan, "en-US"), LocalStore(folder / "store")
    stock = FilmInputs(a_picture, clips=lambda at: clip if at == 0 else None)
    with make_film(variant, each.plan, store, FilmCache(), stock, lambda key: b"") as done:
        return done, frames_of(done.file), variant


def test_a_film_shows_each_frame_of_its_clip_in_time_and_then_the_last(tmp_path: Path, monkeypatch: Any) -> None:
    done, frames, variant = made_with(a_clip(tmp_path / "clip.mkv", greys()), tmp_path, monkeypatch)
    assert [check.name for check in done.checks if not check.passed] == []
    first = variant.timeline.takes[0]
    for number in range(first.start, first.stop):
        shown = min(number * 8 // 12, 8)
        wanted = 255 * (0.1 + 0.08 * shown)
        seen = frames[number][250:300, 120:170].mean()
        assert abs(seen - wanted) < 4, number
        assert frames[number][280, 20, 0] > 190 > 40 > frames[number][280, 20, 1]
    bare, worded = frames[first.cues[0].start - 1], frames[first.stop - 1]
    assert np.abs(worded[60:110].astype(int) - bare[60:110]).max() > 100
    assert done.poster.size == (180, 320)


def test_the_product_of_a_clip_is_where_the_masters_is(tmp_path: Path) -> None:
    order = ClipOrder(
        name="c",
        tenant="aurelle",
        prompt="",
        negative_prompt="",
        first_frame="masters/a.png",
        width_px=96,
        height_px=160,
        frames=9,
        frames_per_second=8,
        steps=2,
        model="card",
    )
    master = MasterFacts(
        name="m", bucket="story", width_px=2160, height_px=3840, product_box=Box(230, 425, 770, 710), mirrored=True
    )
    cut = facts_of_clip(order, master)  # 2160 × 3600 of it, from 120 down
    assert (cut.width_px, cut.height_px, cut.mirrored) == (96, 160, True)
    assert cut.product_box == Box(230, 420, 770, 724)
    assert facts_of_clip(ClipOrder(**{**order.__dict__, "first_frame": None}), master).product_box is None


def test_frames_are_those_shown_at_their_moments(tmp_path: Path) -> None:
    file = a_clip(tmp_path / "clip.mkv", greys()).file
    moments = [Fraction(0), Fraction(1, 8), Fraction(31, 128), Fraction(3, 8), Fraction(9)]
    seen = [round(frame[0, -1, 0] / 65535 * 100) for frame in frames_at(file, moments)]
    assert seen == [10, 18, 18, 34, 74]


def flashes() -> Iterator[Any]:
    """Dark, then bright: what reads on the one does not read on the other."""
    for number in range(25):
        yield np.full((SIZE[1], SIZE[0], 3), 0.04 if number < 13 else 0.96, np.float32)


def test_type_on_a_picture_that_turns_bright_reads_all_the_time(tmp_path: Path, monkeypatch: Any) -> None:
    clip = a_clip(tmp_path / "clip.mkv", flashes(), Box(300, 500, 700, 900))
    done, frames, variant = made_with(clip, tmp_path, monkeypatch)
    assert [check.name for check in done.checks if not check.passed] == []
    each = ordered_moving(tmp_path, monkeypatch, None, scenes=[WALL, ARCH])
    film = stage_film(variant, each.plan, FilmInputs(a_picture, clips=lambda at: clip), Signal("yuv420p"))
    (moving,) = film_text(variant, each.plan, film).by_scene[0].slots
    assert moving.slot.placed.contrast >= 4.5
    (ink,) = {luminance(colour) for colour in film.scenes[0].static.ink.values()}
    standing = frames[moving.start + moving.frames : variant.timeline.takes[0].stop]
    assert {frame[200:].mean() > 128 for frame in standing} == {False, True}
    for frame in standing:
        behind_and_words = luminance_range(Image.fromarray(frame), moving.slot.placed.box)
        assert max(contrast(ink, light) for light in behind_and_words) >= 4.5


MASTER = MasterFacts(name="c", bucket="story", width_px=SIZE[0], height_px=SIZE[1], product_box=None)


class InABucket(LocalStore):
    """A store whose objects are not files of this machine."""

    def address(self, name: str) -> str:
        """As a bucket says it."""
        return f"gs://bucket/{name}"


def test_a_clip_from_a_bucket_is_a_scratch_file_that_goes_with_its_film(tmp_path: Path) -> None:
    order = ClipOrder(
        name="c" * 32,
        tenant="aurelle",
        prompt="",
        negative_prompt="",
        first_frame=None,
        width_px=SIZE[0],
        height_px=SIZE[1],
        frames=9,
        frames_per_second=8,
        steps=2,
        model="card",
    )
    a_clip(tmp_path / "clip.mkv", greys())
    store = InABucket(tmp_path / "store")
    store.put_file_once(order.clip, tmp_path / "clip.mkv")
    taken = open_footage(order, MASTER, store)
    assert taken.file.read_bytes() == (tmp_path / "clip.mkv").read_bytes()
    assert list((tmp_path / "store" / SCRATCH).iterdir()) == [taken.file]
    del taken
    gc.collect()
    assert list((tmp_path / "store" / SCRATCH).iterdir()) == []
    there = open_footage(order, MASTER, LocalStore(tmp_path / "store"))
    assert there.file == (tmp_path / "store" / order.clip).resolve()


def test_a_manifest_from_before_there_were_clips_is_read(tmp_path: Path, monkeypatch: Any) -> None:
    each = ordered_moving(tmp_path, monkeypatch, None, scenes=[WALL, ARCH])
    run(each, tmp_path / "store")
    said = manifest_rows(tmp_path / "store")[0]
    record = manifest_from_json(json.dumps(said))
    assert said.pop("clips") == []
    assert manifest_from_json(json.dumps(said)) == record
