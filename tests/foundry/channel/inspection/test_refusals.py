"""A file that breaks a rule is refused with what was measured, the limit and the way out; a good one is taken."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from foundry.channel.inspection import CannotRead, inspect
from foundry.channel.inspection.verdict import judge, verdicts
from foundry.channel.placement import Placement, placements
from tests.support.channel_files import SRGB, Spec, film, page, picture, still
from tests.support.lfs_pointers import A_POINTER

SQUARE = (64, 64)


def small(name: str, size: tuple[int, int] = SQUARE) -> Placement:
    """A shipped placement with a small frame, and one second's film, so that files for it are made quickly."""
    placement = placements()[name]
    motion = placement.motion and placement.motion.model_copy(
        update={"seconds": (Decimal(1), Decimal(3)), "least_bits_per_second": 0}
    )
    changed = {"size": size, "motion": motion, "other_sizes": None, "least_bytes": 0}
    return placement.model_copy(update=changed)


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return still("JPEG", picture(SQUARE), exif=exif.tobytes())


def located() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    return still("JPEG", picture(SQUARE), exif=exif.tobytes())


def other_profile() -> bytes:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    return still("JPEG", picture(SQUARE), icc_profile=lab)


def half_transparent() -> Image.Image:
    made = picture(SQUARE, "RGBA")
    made.paste((255, 255, 255, 128), (0, 0, SQUARE[0], SQUARE[1] // 2))
    return made


STILLS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "wrong pixels": (lambda: still("JPEG"), "meta/link", "pixels: 64x48; the limit is 64x64"),
    "too many bytes": (
        lambda: still("JPEG", picture(SQUARE)) + bytes(60_000),
        "amazon/medium-rectangle",
        "the limit is at most 40000",
    ),
    "cmyk": (
        lambda: still("JPEG", picture(SQUARE, "CMYK"), icc_profile=None),
        "meta/link",
        "colour: cmyk; the limit is rgb",
    ),
    "half transparent": (
        lambda: still("PNG", half_transparent()),
        "meta/feed-square",
        "alpha: alpha, 50.0% of the pixels",
    ),
    "turned by EXIF": (turned, "meta/link", "upright: turned by 90 degrees"),
    "format": (lambda: still("WEBP", picture(SQUARE)), "meta/link", "format: webp; the limit is jpeg or png"),
    "animated": (
        lambda: still("WEBP", picture(SQUARE), save_all=True, append_images=[picture(SQUARE).rotate(9)]),
        "web/hero",
        "still: 2 frames; the limit is still",
    ),
    "a still for a film": (lambda: still("JPEG", picture(SQUARE)), "meta/story-film", "moves: one picture"),
}


@pytest.mark.parametrize("case", STILLS)
def test_a_still_that_breaks_a_rule_is_refused(case: str) -> None:
    make, name, sentence = STILLS[case]
    faults = [str(fault) for fault in judge(inspect(make()), small(name)).faults]
    assert any(sentence in fault for fault in faults), faults


FILMS: dict[str, tuple[Spec, str, str]] = {
    "variable rate": (Spec(late=12), "meta/feed-film", "steady rate: variable; the limit is constant"),
    "60 fps": (Spec(rate=Fraction(60), frames=60), "linkedin/film", "rate: 60 fps; the limit is 25 or 24"),
    "30 fps": (Spec(rate=Fraction(30), frames=30), "linkedin/film", "rate: 30 fps"),
    "sound outdoors": (Spec(sound="aac"), "dooh/landscape-film", "sound: sound; the limit is no sound"),
    "no sound on TV": (Spec(), "amazon/streaming-tv-30", "sound: no sound; the limit is sound"),
    "mono on TV": (Spec(sound="aac", channels=1), "amazon/streaming-tv-30", "channels: 1; the limit is at least 2"),
    "4:4:4": (Spec(pixels="yuv444p"), "meta/feed-film", "chroma: 4:4:4; the limit is 4:2:0"),
    "10 bits": (Spec(pixels="yuv420p10le"), "meta/feed-film", "bits: 10; the limit is 8"),
    "HDR without its tag": (Spec(codec="libx265", pixels="yuv420p10le"), "youtube/in-stream-hdr", "the limit is pq"),
    "edit list": (Spec(sound="aac", container={}), "meta/feed-film", "edit lists: 1; the limit is none. Write"),
    "index last": (Spec(container={"use_editlist": "0"}), "meta/feed-film", "index: after the frames"),
    "too long": (Spec(frames=100), "meta/feed-film", "duration: 4.00 s; the limit is 1 to 3 s"),
    "codec": (Spec(codec="libx265"), "meta/feed-film", "codec: hevc; the limit is h264"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILMS)
def test_a_film_that_breaks_a_rule_is_refused(case: str, tmp_path: Path) -> None:
    spec, name, sentence = FILMS[case]
    faults = [str(fault) for fault in judge(inspect(film(tmp_path / "f.mp4", spec)), small(name)).faults]
    assert any(sentence in fault for fault in faults), faults


GOOD: dict[str, tuple[str, Spec]] = {
    "meta/feed-film": ("f.mp4", Spec(sound="aac", level=-14)),
    "dooh/landscape-film": ("f.mp4", Spec()),
    "amazon/streaming-tv-30": ("f.mp4", Spec(rate=Fraction(30000, 1001), frames=60, sound="aac", level=-24)),
    "linkedin/film": ("f.mp4", Spec(rate=Fraction(24000, 1001), frames=48, sound="aac", level=-14)),
    "tv/spot-20": ("f.mov", Spec(codec="prores_ks", pixels="yuv422p10le", frames=50, sound="pcm_s24le")),
    "youtube/in-stream-hdr": (
        "f.mp4",
        Spec(codec="libx265", pixels="yuv420p10le", transfer=16, sound="aac", level=-14),
    ),
    "web/hero-film-open": ("f.webm", Spec(codec="libvpx-vp9")),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_film_as_the_channel_wants_it_is_taken(name: str, tmp_path: Path) -> None:
    file, spec = GOOD[name]
    verdict = judge(inspect(film(tmp_path / file, spec)), small(name))
    assert [str(fault) for fault in verdict.faults] == []


@pytest.mark.parametrize(
    ("form", "name"),
    [("JPEG", "meta/feed-square"), ("PNG", "meta/feed-square"), ("WEBP", "web/hero"), ("AVIF", "web/card")],
)
def test_a_still_as_the_channel_wants_it_is_taken(form: str, name: str) -> None:
    verdict = judge(inspect(still(form, picture(SQUARE))), small(name), exact=True)
    assert [str(fault) for fault in verdict.faults] == []


ADVICE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no profile": (lambda: still("JPEG", picture(SQUARE), icc_profile=None), "profile: none; the limit is sRGB. Embed"),
    "another profile": (other_profile, "the limit is sRGB. Convert it to sRGB"),
    "GPS": (located, "metadata: GPS position; the limit is nothing private. Remove"),
}


@pytest.mark.parametrize("case", ADVICE)
def test_what_channels_take_is_taken_with_advice(case: str) -> None:
    make, sentence = ADVICE[case]
    verdict = judge(inspect(make()), small("meta/link"))
    assert verdict.taken
    (advice,) = verdict.advice
    assert sentence in str(advice)


def test_the_place_of_a_film_is_found(tmp_path: Path) -> None:
    tags = {"location": "+48.1333+011.5667/"}
    located = film(tmp_path / "f.mp4", Spec(tags=tags, container={"movflags": "+faststart+use_metadata_tags"}))
    advice = judge(inspect(located), small("dooh/landscape-film")).advice
    assert "metadata: GPS position" in " ".join(map(str, advice))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_an_alpha_channel_that_hides_nothing_is_no_fault(mode: str) -> None:
    found = inspect(still("PNG", picture(SQUARE, "RGBA").convert(mode), icc_profile=None))
    assert judge(found, small("meta/feed-square")).taken


def test_full_range_and_sound_that_outlasts_the_pictures_are_seen(tmp_path: Path) -> None:
    full = inspect(film(tmp_path / "full.mp4", Spec(pixels="yuvj420p")))
    assert full.moving is not None
    assert full.moving.levels == "full"
    longer = inspect(film(tmp_path / "longer.mp4", Spec(sound="aac", level=-14, tone_s=2.5)))
    assert longer.sound is not None
    assert longer.sound.seconds == pytest.approx(2.5, abs=0.1)
    assert [str(one) for one in judge(longer, small("meta/feed-film")).advice] == [
        f"sound length: {longer.sound.seconds:.2f} s; the limit is the 1.00 s of the pictures. "
        "Cut the sound where the pictures end."
    ]


def test_a_git_lfs_pointer_in_place_of_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(A_POINTER)
    with pytest.raises(
        CannotRead, match=r"a\.jpg is a Git LFS pointer in place of the file, which has 12345 bytes\. Fetch"
    ):
        inspect(tmp_path / "a.jpg")


def test_loudness_is_advice_to_others_and_a_limit_for_ours(tmp_path: Path) -> None:
    found = inspect(film(tmp_path / "f.mp4", Spec(sound="aac", level=-30)))
    slot = small("meta/feed-film")
    assert [advice.rule for advice in judge(found, slot).advice] == ["audio bit rate", "loudness"]
    assert "loudness" in [fault.rule for fault in judge(found, slot, exact=True).faults]


def test_another_size_near_the_shape_is_taken_from_others_and_not_from_us() -> None:
    found = inspect(still("JPEG", picture((600, 314))))
    slot = placements()["google/landscape"]
    assert judge(found, slot).taken
    assert [fault.rule for fault in judge(found, slot, exact=True).faults] == ["pixels"]
    assert not judge(inspect(still("JPEG", picture((600, 330)))), slot).taken
    assert not judge(inspect(still("JPEG", picture((300, 157)))), slot).taken


A5 = (209.97, 147.997)
PAGES = {
    "no bleed": (page(A5, 0), "bleed: 0.0 mm; the limit is at least 3 mm"),
    "rgb": (page(A5, colour="/DeviceRGB"), "colour: rgb; the limit is cmyk"),
    "two pages": (page(A5, pages=2), "pages: 2; the limit is 1"),
    "another size": (page((210.0, 297.0)), "trimmed size: 210.0 x 297.0 mm; the limit is 210.0 x 148.0 mm"),
    "a screen's file": (still("TIFF", picture(SQUARE)), "pixels: 64x64; the limit is 2550x1818"),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_page_that_breaks_a_rule_is_refused(case: str) -> None:
    data, sentence = PAGES[case]
    faults = [str(fault) for fault in judge(inspect(data), placements()["print/half-page-ad"]).faults]
    assert any(sentence in fault for fault in faults), faults


def test_a_page_with_bleed_in_four_inks_is_taken() -> None:
    assert judge(inspect(page(A5)), placements()["print/half-page-ad"]).faults == ()


def test_near_misses_are_of_the_same_kind_and_the_nearest_comes_first() -> None:
    taken, missed = verdicts(inspect(still("JPEG", picture((1080, 1081)))), placements().values())
    assert "meta/feed-square" in [verdict.placement.name for verdict in taken]  # its ratio may be 3 % off
    assert all(verdict.placement.motion is None for verdict in missed)
    counts = [len(verdict.faults) for verdict in missed]
    assert counts == sorted(counts)
    assert 1 <= len(missed) <= 5


VP9 = Spec(codec="libvpx-vp9", frames=75)
HOSTILE: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "a list of other files": ("f.mp4", lambda _: b"ffconcat version 1.0\nfile a.mp4\n", "though it is called .mp4"),
    "cut off": ("f.mp4", lambda p: _cut(film(p / "whole.mp4")), "bytes are missing"),
    "cut off, index last": ("f.mp4", lambda p: _cut(film(p / "w.mp4", Spec(container={}))), "bytes are missing"),
    "cut off webm": ("f.webm", lambda p: _cut(film(p / "w.webm", VP9)), "says it lasts"),
    "cut off jpeg": ("f.jpg", lambda _: _half(still("JPEG", picture((200, 200)))), "cannot be read to its end"),
    "cut off png": ("f.png", lambda _: _half(still("PNG", picture((200, 200)))), "cannot be read to its end"),
    "cut off pdf": ("f.pdf", lambda _: page(A5)[:80], "cannot be read"),
    "cut off profile": ("f.jpg", lambda _: still("JPEG")[:40], "cannot be read to its end"),
    "bomb": ("f.png", lambda _: still("PNG", Image.new("1", (12_000, 12_000)), icc_profile=None), "89478485"),
    "empty": ("f.png", lambda _: b"", "is empty"),
    "a page of the web": ("f.svg", lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "begins like no picture"),
    "bmp": ("f.bmp", lambda _: still("BMP", icc_profile=None), "is a bmp, which no placement takes"),
    "a box without an end": ("f.mp4", lambda _: b"\x00\x00\x00\x10ftypisom" + bytes(4) + b"\xff" * 64, "are missing"),
    "boxes of nothing": ("f.mp4", lambda _: b"\x00\x00\x00\x10ftypisom" + bytes(4) + b"\x00\x00\x00\x08free" * 30_000,
                         "more than 20000 boxes"),
    "random after a signature": ("f.webp", lambda _: b"RIFF\x40\x00\x00\x00WEBPVP8 " + SRGB[:60], "cannot be read"),
}  # fmt: skip


def _cut(file: Path) -> bytes:
    data = file.read_bytes()
    return data[: len(data) * 2 // 3]


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2 + len(SRGB) // 2]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_or_broken_file_gets_a_sentence(case: str, tmp_path: Path) -> None:
    name, make, words = HOSTILE[case]
    (tmp_path / name).write_bytes(make(tmp_path))
    with pytest.raises(CannotRead) as caught:
        inspect(tmp_path / name)
    assert words in str(caught.value)
    assert str(caught.value).startswith(name)


def test_no_byte_of_a_film_can_make_more_than_a_refusal(tmp_path: Path) -> None:
    good = film(tmp_path / "f.mp4", Spec(frames=5)).read_bytes()
    outcomes = set()
    for at in range(0, len(good), max(1, len(good) // 150)):
        broken = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            outcomes.add(inspect(broken).kind)
        except CannotRead as error:
            outcomes.add(error.code)
    assert outcomes <= {"film", "still", "cannot_read"}
    assert "cannot_read" in outcomes


def test_a_file_with_another_format_s_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "f.png").write_bytes(still("JPEG", picture((1080, 1080))))
    faults = judge(inspect(tmp_path / "f.png"), placements()["meta/feed-square"]).faults
    assert [str(fault) for fault in faults] == [
        "name: called png; the limit is jpeg. Name it .jpeg, or export it again."
    ]


def test_a_silent_track_is_not_blamed_for_its_few_bits(tmp_path: Path) -> None:
    found = inspect(film(tmp_path / "f.mp4", Spec(sound="aac", level=-120)))
    assert found.sound is not None
    assert found.sound.loudness_lufs is None
    assert judge(found, small("meta/feed-film"), exact=True).faults == ()
