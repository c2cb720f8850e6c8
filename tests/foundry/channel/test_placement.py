"""The placements that ship: sound, sourced, in sets; and what a placement refuses to be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from foundry.channel.placement import Placement, placement_sets, placements, resolve_placements
from foundry.plan.composition import compositions

FIRST = {
    "google/billboard": "df92c86fcfe83032188f1f68731ee448",
    "google/half-page": "7242dc08e14e2f370c2b47860908a6f3",
    "google/landscape": "e8f1e21f0d4f46b5ca5575a7253b4ea0",
    "google/leaderboard": "ddcbb7115411f9a90c3ee1d7bed80ace",
    "google/medium-rectangle": "51ad11f1bdf2b63deac10d19b35bdc10",
    "google/square": "2e3785f612e88403edf569a5a13dedd4",
    "linkedin/landscape": "254ea7aa347b3220a60b602ba8b9df05",
    "meta/feed-portrait": "41d27610a5a301fc234bd323cbaa44e1",
    "meta/feed-square": "9e168e4e6c33b2569d41db902eec47c9",
    "meta/link": "77b2b9198fe6f42f3dc3efb599c86f20",
    "meta/story": "64fb7878609ffd28033f3def295067b6",
    "pinterest/pin": "450a9c5a72007dbedfb8da17fbc0cbc3",
    "web/hero": "3c4500d6d87f2850a895e2d3190bcc2a",
    "youtube/thumbnail": "79848b670d999c3cbeaabfe5e8183349",
}
GIF = {"seconds": [1, 2], "rates": [25], "codecs": ["gif"]}
CHANNELS = "amazon dooh email google iab instagram linkedin meta pinterest print snap tiktok tv web x youtube"


def test_the_first_placements_keep_their_digests_so_that_finished_files_are_found_again() -> None:
    assert {name: placements()[name].digest for name in placement_sets()["first"]} == FIRST


def test_sets_name_placements_and_everything_names_them_all() -> None:
    sets = placement_sets()
    assert set(sets["everything"]) == set(placements())
    assert set(sets["video"]) == {name for name, p in placements().items() if p.motion}
    assert all(name in placements() for members in sets.values() for name in members)
    assert {p.channel for p in placements().values()} == set(CHANNELS.split())


@pytest.mark.parametrize("name", placements())
def test_a_placement_can_be_made(name: str) -> None:
    placement = placements()[name]
    assert placement.bucket in compositions()
    assert len(placement.source) > 8
    safe = placement.safe_area
    assert safe.left + safe.right <= 500
    assert safe.top + safe.bottom <= 500
    motion = placement.motion
    if motion is None:
        return
    assert motion.seconds[0] <= motion.seconds[1]
    if set(placement.formats) & {"mp4", "mov", "webm"}:
        assert placement.width_px % 2 == placement.height_px % 2 == 0
    if motion.rates_between:
        assert all(motion.rates_between[0] <= rate <= motion.rates_between[1] for rate in motion.rates)
    if motion.least_bits_per_second:
        assert motion.least_bits_per_second * motion.seconds[0] / 8 < placement.max_bytes


@pytest.mark.parametrize("name", [n for n, p in placements().items() if p.other_sizes])
def test_a_size_drawn_for_a_slot_is_among_those_it_takes(name: str) -> None:
    placement = placements()[name]
    others = placement.other_sizes
    assert others is not None
    smallest, largest = others.smallest, others.largest or placement.size
    assert all(a <= b <= c for a, b, c in zip(smallest, placement.size, largest, strict=True))
    shape = Decimal(placement.width_px) / placement.height_px
    assert abs(Decimal(smallest[0]) / smallest[1] / shape - 1) < Decimal("0.01")


def test_a_figure_that_the_data_leave_out_is_never_shown_as_published() -> None:
    story = placements()["meta/story-film"]
    assert story.mark("size") == "documentation"
    assert story.mark("motion.codecs") == "secondary"
    assert story.mark("motion.bits") == "own"
    assert placements()["amazon/medium-rectangle"].mark("max_bytes") == "own"


def test_print_is_drawn_with_its_bleed_on_every_side() -> None:
    assert placements()["print/a4-flyer"].canvas == (2480 + 70, 3508 + 70)
    assert placements()["print/letter-flyer"].canvas == (2550 + 76, 3300 + 76)
    assert placements()["meta/story"].canvas == (1080, 1920)


def test_what_only_judges_files_of_others_changes_no_digest() -> None:
    slot = placements()["meta/feed-square"]
    assert (
        slot.model_copy(update={"also_takes": ("gif",), "text_share": 300, "other_sizes": None}).digest == slot.digest
    )
    assert slot.model_copy(update={"max_bytes": 1}).digest != slot.digest


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"formats": ["mp4"]}, "mp4 cannot hold"),
        ({"marks": {"sise": "own"}}, "'sise'"),
        ({"marks": {"motion.speed": "own"}}, "'motion.speed'"),
        ({"family": "poster"}, "family"),
        ({"colour": "red"}, "colour"),
        (
            {"printed": {}, "motion": GIF, "formats": ["gif"]},
            "not both",
        ),
    ],
)
def test_an_unsound_placement_is_refused(change: dict[str, object], words: str) -> None:
    sound = placements()["meta/link"].model_dump(mode="json")
    with pytest.raises(ValidationError, match=words):
        Placement.model_validate({**sound, **change})


def test_a_set_resolves_to_its_placements_in_order_of_name() -> None:
    assert [p.name for p in resolve_placements(["print"])] == [
        "print/a3-poster",
        "print/a4-flyer",
        "print/half-page-ad",
        "print/letter-flyer",
    ]
