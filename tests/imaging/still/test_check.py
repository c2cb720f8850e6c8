"""A rendition is published only if its bytes and its composition pass every check."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from foundry.channel.inspection import CannotRead
from foundry.channel.placement import placements
from imaging.pixels.geometry import PixelBox, safe_box
from imaging.still.check import check
from imaging.still.compose import FinishedPicture, PlacedSlot
from tests.support.channel_files import picture, still

SLOT = placements()["google/landscape"]
HEADLINE = PlacedSlot("headline", PixelBox(100, 100, 500, 200), "Wake up radiant", 60, 9.0)
COMPOSED = FinishedPicture(picture(SLOT.size), (HEADLINE,), PixelBox(900, 100, 1100, 160))


def failed(composed: FinishedPicture, data: bytes | None = None) -> dict[str, str]:
    checks = check(data or still("JPEG", composed.image), composed, SLOT)
    return {record.name: record.measured for record in checks if not record.passed}


def test_a_good_rendition_passes_and_says_what_was_measured() -> None:
    assert failed(COMPOSED) == {}
    names = [record.name for record in check(still("JPEG", COMPOSED.image), COMPOSED, SLOT)]
    assert {"format", "bytes", "pixels", "profile", "metadata", "not_blank", "safe_area", "no_overlap"} <= set(names)


@pytest.mark.parametrize(
    ("box", "name", "measured"),
    [
        (PixelBox(10, 100, 500, 200), "safe_area", "headline"),
        (PixelBox(800, 100, 1000, 200), "no_overlap", "headline on logo"),
        (PixelBox(60, 200, 900, 580), "text_share", "424 thousandths"),
    ],
)
def test_copy_in_a_wrong_place_is_not_published(box: PixelBox, name: str, measured: str) -> None:
    assert failed(replace(COMPOSED, slots=(replace(HEADLINE, box=box),))) == {name: measured}


def test_pale_copy_is_not_published() -> None:
    assert "contrast" in failed(replace(COMPOSED, slots=(replace(HEADLINE, contrast=1.8),)))


def test_a_blank_file_is_not_published_whatever_was_composed() -> None:
    assert "not_blank" in failed(COMPOSED, still("JPEG", Image.new("RGB", SLOT.size, "white")))


def test_another_size_that_the_channel_takes_from_others_is_not_what_we_publish() -> None:
    assert failed(COMPOSED, still("JPEG", picture((600, 314)))) == {"pixels": "600x314"}


def test_half_a_file_is_refused_by_its_reader() -> None:
    whole = still("JPEG", COMPOSED.image)
    with pytest.raises(CannotRead, match="google/landscape is a jpeg that cannot be read to its end"):
        check(whole[: len(whole) * 3 // 4], COMPOSED, SLOT)


def test_the_safe_area_of_a_page_lies_inside_its_bleed() -> None:
    box = safe_box(placements()["print/a4-flyer"])
    assert (box.left, box.top) == (35 + 99, 35 + 105)
    assert (box.right, box.bottom) == (35 + 2480 - 99, 35 + 3508 - 105)
