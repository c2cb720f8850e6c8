"""The rules of placements, held against plain facts: each breaks for its own reason and for no other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from foundry.channel.inspection.film_rules import film_findings, fraction
from foundry.channel.inspection.finding import Finding
from foundry.channel.inspection.found import FileFacts, FrameStream, Page, Picture, SoundStream
from foundry.channel.inspection.print_rules import millimetres, print_findings
from foundry.channel.inspection.still_rules import pixel_finding, still_findings
from foundry.channel.inspection.verdict import judge, verdicts
from foundry.channel.placement import OtherSizes, Placement, Print, placements

LINK, REEL, PRINT = placements()["meta/link"], placements()["instagram/reels-film"], placements()["print/half-page-ad"]
STILL = FileFacts(
    name="a.jpg", kind="still", format="jpeg", size_bytes=1000, width_px=LINK.width_px, height_px=LINK.height_px,
    picture=Picture(bits=8, colour="rgb", profile="sRGB", srgb=True),
)  # fmt: skip
FRAMES = FrameStream(
    codec="h264", seconds=10.0, frames=300, rate=Fraction(30), constant=True, bits_per_second=5_000_000,
    chroma="4:2:0", transfer="bt709", index_first=True,
)  # fmt: skip
SOUND = SoundStream("aac", 2, 48_000, 128_000, -14.0)
FILM = FileFacts(
    name="a.mp4", kind="film", format="mp4", size_bytes=1000, width_px=REEL.width_px, height_px=REEL.height_px,
    moving=FRAMES, sound=SOUND,
)  # fmt: skip
PRINTED = Print()
PAGE = Page(
    pages=1, width_mm=millimetres(PRINT.size[0], PRINTED), height_mm=millimetres(PRINT.size[1], PRINTED), bleed_mm=3.0,
    colours=("cmyk",), profile="FOGRA39",
)  # fmt: skip
SHEET = FileFacts(name="a.pdf", kind="page", format="pdf", size_bytes=1000, page=PAGE)


def failed(found: FileFacts, placement: Placement, *, exact: bool = False) -> list[str]:
    """The names of the rules that refuse the file."""
    return [fault.rule for fault in judge(found, placement, exact=exact).faults]


def test_facts_that_fit_are_accepted() -> None:
    assert [failed(STILL, LINK), failed(FILM, REEL), failed(SHEET, PRINT)] == [[], [], []]
    assert [failed(STILL, LINK, exact=True), failed(FILM, REEL, exact=True)] == [[], []]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"bits": 16}, "bits"),
        ({"colour": "cmyk"}, "colour"),
        ({"see_through": 0.25, "alpha": True}, "alpha"),
        ({"orientation": 6}, "upright"),
    ],
)
def test_a_picture_breaks_one_rule_at_a_time(changes: dict[str, Any], rule: str) -> None:
    assert STILL.picture is not None
    assert failed(replace(STILL, picture=replace(STILL.picture, **changes)), LINK) == [rule]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"size_bytes": LINK.max_bytes + 1}, "bytes"),
        ({"called": "png"}, "name"),
        ({"format": "pdf"}, "format"),
    ],
)
def test_a_container_breaks_one_rule_at_a_time(changes: dict[str, Any], rule: str) -> None:
    assert failed(replace(STILL, **changes), LINK) == [rule]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"codec": "vp8"}, {"codec"}),
        ({"chroma": "4:4:4"}, {"chroma"}),
        ({"bits": 10}, {"bits"}),
        ({"transfer": "pq"}, {"transfer"}),
        ({"interlaced": True}, {"scan"}),
        ({"alpha": True}, {"alpha"}),
        ({"square_pixels": False}, {"pixel shape"}),
        ({"turned": True}, {"upright"}),
        ({"seconds": 0.5}, {"duration"}),
        ({"constant": False}, {"steady rate"}),
        ({"rate": Fraction(7)}, {"rate"}),
        ({"index_first": False}, {"index"}),
    ],
)
def test_frames_break_one_rule_at_a_time(changes: dict[str, Any], rules: set[str]) -> None:
    assert set(failed(replace(FILM, moving=replace(FRAMES, **changes)), REEL)) == rules


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"codec": "mp3"}, "audio codec"), ({"rate_hz": 22_050}, "audio rate")],
)
def test_sound_breaks_one_rule_at_a_time(changes: dict[str, Any], rule: str) -> None:
    assert failed(replace(FILM, sound=replace(SOUND, **changes)), REEL) == [rule]


@pytest.mark.parametrize(
    ("profile", "remedy"),
    [(None, "Embed the sRGB profile."), ("Display P3", "Convert it to sRGB, and embed the profile.")],
)
def test_another_profile_or_none_is_taken_from_others_with_advice_and_not_from_us(
    profile: str | None, remedy: str
) -> None:
    assert STILL.picture is not None
    other = replace(STILL, picture=replace(STILL.picture, srgb=False, profile=profile))
    assert failed(other, LINK) == []
    assert [str(one) for one in judge(other, LINK).advice] == [
        f"profile: {profile or 'none'}; the limit is sRGB. {remedy}"
    ]
    assert failed(other, LINK, exact=True) == ["profile"]


def test_private_metadata_is_advice_to_others_and_refused_in_our_own_files() -> None:
    for found, placement in ((STILL, LINK), (FILM, REEL), (SHEET, PRINT)):
        located = replace(found, leaks=("GPS position",))
        assert failed(located, placement) == []
        assert [str(one) for one in judge(located, placement).advice] == [
            "metadata: GPS position; the limit is nothing private. Remove the metadata."
        ]
        assert failed(located, placement, exact=True) == ["metadata"]


def test_alpha_is_named_with_its_share_and_its_remedy_and_an_opaque_channel_is_none() -> None:
    assert STILL.picture is not None
    (fault,) = judge(replace(STILL, picture=replace(STILL.picture, alpha=True, see_through=0.125)), LINK).faults
    assert str(fault).startswith("alpha: alpha, 12.5% of the pixels are not opaque; the limit is opaque. Flatten it")
    assert failed(replace(STILL, picture=replace(STILL.picture, alpha=True)), LINK) == []


def test_full_range_is_advice_to_channels_of_the_web_and_refused_by_television_and_in_our_own_files() -> None:
    full = replace(FILM, moving=replace(FRAMES, levels="full"))
    assert failed(full, REEL) == []
    (advice,) = judge(full, REEL).advice
    assert str(advice).startswith("range: full; the limit is limited. Encode it with limited range")
    assert failed(full, REEL, exact=True) == ["range"]
    assert "range" in failed(full, placements()["amazon/streaming-tv-30"])


@pytest.mark.parametrize(
    ("seconds", "advised", "refused"),
    [(10.0, [], []), (10.4, [], []), (9.0, ["sound length"], []), (12.0, ["sound length"], []),
     (100_000.0, [], ["sound length"])],
)  # fmt: skip
def test_sound_that_is_not_as_long_as_the_pictures_is_named_and_refused_where_it_is_too_long_for_the_slot(
    seconds: float, advised: list[str], refused: list[str]
) -> None:
    found = replace(FILM, sound=replace(SOUND, seconds=seconds))
    assert [one.rule for one in judge(found, REEL).advice] == advised
    assert failed(found, REEL) == refused
    assert failed(found, REEL, exact=True) == advised + refused


def test_a_silent_track_is_named_with_its_remedy_and_refused_by_nobody() -> None:
    silent = replace(FILM, sound=replace(SOUND, loudness_lufs=None))
    (advice,) = judge(silent, REEL).advice
    assert str(advice).startswith("silence: silence; the limit is sound that is heard. Add sound")
    assert failed(silent, REEL) == failed(silent, REEL, exact=True) == []


def test_loudness_is_advice_to_others_and_a_limit_for_our_own_files() -> None:
    quiet = replace(FILM, sound=replace(SOUND, loudness_lufs=-30.0))
    assert failed(quiet, REEL) == []
    assert [one.rule for one in judge(quiet, REEL).advice] == ["loudness"]
    assert failed(quiet, REEL, exact=True) == ["loudness"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"width_mm": PAGE.width_mm + 1}, "trimmed size"),
        ({"bleed_mm": 1.0}, "bleed"),
        ({"pages": 2}, "pages"),
        ({"colours": ("rgb",)}, "colour"),
        ({"profile": None}, "profile"),
        ({"profile": "damaged"}, "profile"),
    ],
)
def test_a_page_breaks_one_rule_at_a_time(changes: dict[str, Any], rule: str) -> None:
    assert failed(replace(SHEET, page=replace(PAGE, **changes)), PRINT) == [rule]


@pytest.mark.parametrize(
    ("findings", "found", "placement"), [(still_findings, FILM, LINK), (film_findings, STILL, REEL)]
)
def test_another_kind_of_file_breaks_the_first_rule_and_meets_no_other(
    findings: Any, found: FileFacts, placement: Placement
) -> None:
    (only,) = findings(found, placement, False)
    assert not only.passed


def test_a_film_is_no_print() -> None:
    (only,) = print_findings(FILM, PRINT)
    assert (only.rule, only.passed) == ("flat", False)


@pytest.mark.parametrize(
    ("size", "passed"),
    [((600, 300), True), ((604, 300), True), ((612, 300), False), ((400, 200), False)],
)
def test_other_sizes_must_be_near_the_shape_and_within_the_limits(size: tuple[int, int], passed: bool) -> None:
    placement = LINK.model_copy(
        update={
            "size": (800, 400),
            "other_sizes": OtherSizes(smallest=(500, 250), largest=(1000, 500), tolerance_percent=Decimal(1)),
        }
    )
    found = replace(STILL, width_px=size[0], height_px=size[1])
    assert pixel_finding(found, placement, exact=False).passed is passed
    assert not pixel_finding(found, placement, exact=True).passed


@pytest.mark.parametrize(
    ("said", "exact"), [("23.976", Fraction(24000, 1001)), ("25", Fraction(25)), ("12.5", Fraction(25, 2))]
)
def test_rounded_rates_mean_their_exact_values(said: str, exact: Fraction) -> None:
    assert fraction(Decimal(said)) == exact


def test_a_finding_is_one_sentence_and_advice_refuses_nothing() -> None:
    finding = Finding("bytes", False, "70", "at most 60", "Compress it more.")
    assert str(finding) == "bytes: 70; the limit is at most 60. Compress it more."
    assert finding.refuses
    assert not replace(finding, advice=True).refuses


def test_verdicts_tell_accepting_placements_from_near_misses() -> None:
    wide = LINK.model_copy(
        update={"name": "test/wide", "size": (LINK.width_px + 8, LINK.height_px), "other_sizes": None}
    )
    taken, missed = verdicts(STILL, [REEL, wide, LINK])
    assert [verdict.placement.name for verdict in taken] == [LINK.name]
    assert [verdict.placement.name for verdict in missed] == ["test/wide"]
