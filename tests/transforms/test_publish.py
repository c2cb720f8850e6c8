"""Publishing: a file that breaks a limit is not written, the first file written stays, thumbnails are small."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
from PIL import Image

from foundry.channel.placement import placements
from foundry.layout.files import layout_for
from foundry.manifest import CheckRecord
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore, crc32c
from imaging.still.compose import FinishedPicture, finish, prepare
from imaging.still.preview import stand_in
from pipelines.campaign.flow import ingest
from tests.imaging.still.test_matrix import a_master
from tests.support.briefs import BRIEF, EXAMPLES, a_tenant, admitted
from tests.support.finished import a_file, variants_of
from transforms.publish import ChecksFailed, publish_still, refuse_failed, rendition_record, thumbnail

SLOT = "google/leaderboard"


@pytest.fixture(scope="module")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """A file of a product that a model drew from words."""
    drawn = {key: value for key, value in BRIEF["products"][0].items() if key != "picture"}
    plan: Plan = admitted(tmp_path_factory.mktemp("brief"), draws=True, products=[drawn], placements=[SLOT]).plan
    return next(variant for variant in variants_of(plan) if variant.locale == "en-US")


@pytest.fixture(scope="module")
def picture(variant: Variant) -> FinishedPicture:
    placement, tenant = placements()[SLOT], a_tenant()
    static = prepare(*a_master(placement.bucket), layout_for(placement), placement, tenant)
    return finish(static, variant.copy, variant.locale)


def test_the_first_file_written_stays_and_its_record_tells_of_it(
    variant: Variant, picture: FinishedPicture, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant("aurelle")
    first = publish_still(variant, picture, store)
    data = own.get(first.address)
    assert (first.size_bytes, first.crc32c) == (len(data), crc32c(data))
    assert first.headline == variant.copy.headline
    assert not own.exists(variant.record)
    assert Image.open(io.BytesIO(own.get(variant.thumbnail))).format == "WEBP"
    assert publish_still(variant, picture, store) == first
    assert own.get(first.address) == data


def test_a_file_that_another_run_wrote_is_what_the_record_tells_of(
    variant: Variant, picture: FinishedPicture, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path)
    expected = publish_still(variant, picture, LocalStore(tmp_path / "elsewhere"))
    store.for_tenant("aurelle").put_once(expected.address, b"another encoder's bytes")
    found = publish_still(variant, picture, store)
    assert (found.size_bytes, found.crc32c) == (23, crc32c(b"another encoder's bytes"))


def test_a_file_is_written_only_if_it_shows_the_product_that_was_given(tmp_path: Path) -> None:
    each, store = admitted(tmp_path, placements=[SLOT]), LocalStore(tmp_path / "store")
    ingest(each.plan, each.inputs, store)
    own = store.for_tenant("aurelle")
    given = variants_of(each.plan)[0]
    bucket = given.placement.bucket

    def shown(product: Image.Image) -> FinishedPicture:
        scene, facts = stand_in(a_tenant(), bucket, False, product)
        static = prepare(scene, facts, given.layout, given.placement, a_tenant())
        return finish(static, given.copy, given.locale)

    with Image.open(tmp_path / "serum.png") as bottle, Image.open(EXAMPLES / "products" / "northpeak-mug.png") as mug:
        with pytest.raises(ChecksFailed, match=r"product is shown 1\.00, colour \d+\.\d, structure -?0\.\d+"):
            publish_still(given, shown(mug.convert("RGBA")), store)
        assert not list(own.list("renditions/"))
        record = publish_still(given, shown(bottle.convert("RGBA")), store)
    assert [check.passed for check in record.checks if check.name == "product"] == [True]


def test_a_check_that_fails_is_refused_with_its_value_and_limit(variant: Variant) -> None:
    good = CheckRecord("contrast", True, "7.1", "at least 4.5")
    bad = (CheckRecord("bytes", False, "200000", "at most 150000"), CheckRecord("size", False, "10 × 10", "728 × 90"))
    refuse_failed((good,), variant)
    with pytest.raises(ChecksFailed) as refused:
        refuse_failed((good, *bad), variant)
    sentence = f"{SLOT}: bytes is 200000, the limit is at most 150000; size is 10 × 10, the limit is 728 × 90."
    assert str(refused.value).startswith(sentence)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_stills_and_films_share_the_fields_of_their_copy(variant: Variant) -> None:
    record = rendition_record(variant, a_file(variant, 77))
    assert (record.name, record.size_bytes, record.format) == (variant.name, 77, "png")
    assert (record.width_px, record.height_px) == variant.placement.size
    assert record.call_to_action == variant.copy.call_to_action
    assert (record.codec, record.sidecar, record.dropped) == ("", "", ())


@pytest.mark.parametrize(
    ("size", "small"),
    [((1080, 1920), (180, 320)), ((728, 90), (320, 40)), ((200, 100), (200, 100)), ((4000, 4), (320, 1))],
)
def test_a_thumbnail_is_at_most_320_pixels_long_and_never_enlarged(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    found = Image.open(io.BytesIO(thumbnail(Image.new("RGB", size, "#336699"))))
    assert (found.format, found.size) == ("WEBP", small)
    red, green, blue = found.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    assert max(abs(red - 0x33), abs(green - 0x66), abs(blue - 0x99)) <= 4
