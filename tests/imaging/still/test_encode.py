"""Files of every format: pixels, profile, limits, floor; the same input gives the same bytes."""

from __future__ import annotations

import io
import pickle
import sys

import numpy as np
import pytest
from PIL import Image, ImageFilter

from foundry.errors import BadInput
from imaging.still.encode import EXTENSION, Encoded, TooManyBytes, encode, srgb_profile
from imaging.still.encoding.likeness import HardTiles, ReferencePicture, hard_tiles
from imaging.still.encoding.lossy import CODECS, NoLibrary
from imaging.still.encoding.png import reduce_colours
from imaging.still.encoding.search import FLOOR, MOST_FILES, TARGET, Search
from imaging.still.encoding.sheet import Tags
from tests.support.scenes import XMP, a_placement, advert, flat, grey_photo, levels, noise

FORMATS = ("jpeg", "png", "webp", "avif", "jxl", "tiff")
EXACT = ("png", "tiff")


def opened(encoded: Encoded) -> Image.Image:
    """A file's pixels as RGB with Pillow's `info`; JPEG XL by libjxl, which Pillow has not."""
    if encoded.format == "jxl":
        return Image.fromarray(CODECS["jxl"].read(encoded.data))
    with Image.open(io.BytesIO(encoded.data)) as file:
        file.load()
        made = file.convert("RGB")
        made.format, made.info = file.format, file.info
        return made


@pytest.mark.parametrize("form", FORMATS)
def test_pixels_come_back_as_near_as_the_format_promises(form: str) -> None:
    image = advert()
    encoded = encode(image, a_placement(form, image.size), XMP)
    off = np.abs(levels(opened(encoded)) - levels(image))
    assert encoded.format == form
    assert off.max() == 0 if form in EXACT else 0 < off.mean() < 2.5
    assert encoded.likeness == 1 if form in EXACT else TARGET <= encoded.likeness < 1


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_input_gives_the_same_bytes(form: str) -> None:
    image = advert()
    assert len({encode(image, a_placement(form, image.size), XMP).data for _ in range(3)}) == 1


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "tiff"])
def test_every_file_is_tagged_srgb_and_carries_nothing_of_its_source(form: str) -> None:
    image = advert()
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = "secret place", "secret comment"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 0.0)
    image.info = {"exif": exif.tobytes(), "comment": b"secret", "xmp": b"secret", "icc_profile": b"secret"}
    encoded = encode(image, a_placement(form, image.size), XMP)
    file = opened(encoded)
    assert file.info["icc_profile"] == srgb_profile()
    assert b"secret" not in encoded.data
    assert "exif" not in file.info
    assert XMP in encoded.data


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 1), (1, 700), (2000, 3)])
def test_tiny_and_extreme_shapes_are_encoded(form: str, size: tuple[int, int]) -> None:
    for image in (flat(*size), noise(*size)):
        encoded = encode(image, a_placement(form, size), XMP)
        assert opened(encoded).size == size


@pytest.mark.parametrize("form", FORMATS)
def test_flat_colour_stays_that_colour(form: str) -> None:
    encoded = encode(flat(200, 120), a_placement(form, (200, 120)), XMP)
    assert np.abs(levels(opened(encoded)) - levels(flat(200, 120))).max() <= 2
    assert len(encoded.data) < 4_000


@pytest.mark.parametrize("form", FORMATS)
def test_noise_is_encoded_near_the_target_or_exactly(form: str) -> None:
    encoded = encode(noise(256, 192), a_placement(form, (256, 192)), XMP)
    assert encoded.likeness >= FLOOR


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif", "jxl"])
def test_a_limit_is_met_as_closely_as_a_few_encodings_can(form: str) -> None:
    image = advert(500, 400)
    free = encode(image, a_placement(form, image.size), XMP)
    limit = int(len(free.data) * 0.8)
    encoded = encode(image, a_placement(form, image.size, limit), XMP)
    assert 0.85 * limit < len(encoded.data) <= limit
    assert FLOOR <= encoded.likeness < free.likeness


def test_a_search_writes_few_whole_files_and_ends_beside_the_limit() -> None:
    written: list[int] = []
    codec = CODECS["jpeg"]

    def counting(pixels: np.ndarray, quality: int, fine: bool, tags: Tags | None) -> bytes:  # type: ignore[type-arg]
        written.extend([quality] if tags else [])
        return codec.write(pixels, quality, fine, tags)

    pixels = np.asarray(advert(700, 500))
    from dataclasses import replace

    for share in (0.95, 0.85, 0.75, 0.7):
        tags = Tags(XMP, srgb_profile())
        free = len(Search(codec, pixels, tags).within(10**9).data)
        written.clear()
        found = Search(replace(codec, write=counting), pixels, tags).within(int(free * share))
        assert len(written) <= MOST_FILES
        assert len(codec.write(pixels, found.quality + 1, True, tags)) > 0.97 * int(free * share)


def test_below_the_floor_the_sentence_names_size_score_floor_and_remedy() -> None:
    image = advert()
    with pytest.raises(TooManyBytes) as caught:
        encode(image, a_placement("jpeg", image.size, 3_000), XMP)
    error = caught.value
    assert error.smallest > 3_000
    assert error.likeness >= FLOOR
    assert len(encode(image, a_placement("jpeg", image.size, error.smallest), XMP).data) <= error.smallest
    for part in ("test/jpeg", "jpeg", str(error.smallest), str(error.likeness), str(FLOOR), "3000", "Choose"):
        assert part in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_formats_are_tried_in_the_placements_order() -> None:
    image = advert()
    both = a_placement("png", image.size).model_copy(update={"formats": ("png", "mp4", "jpeg")})
    assert encode(image, both, XMP).format == "png"
    tight = both.model_copy(update={"max_bytes": 26_000})
    assert encode(image, tight, XMP).format == "jpeg"


def test_a_placement_of_moving_pictures_only_is_refused() -> None:
    with pytest.raises(BadInput, match="takes mp4; a still needs jpeg"):
        encode(advert(), a_placement("mp4", (320, 320)), XMP)


def test_what_is_no_composition_is_refused() -> None:
    with pytest.raises(BadInput, match="mode RGBA"):
        encode(advert().convert("RGBA"), a_placement("png", (320, 320)), XMP)
    with pytest.raises(BadInput, match="float32"):
        encode(np.zeros((4, 4, 3), np.float32), a_placement("png", (4, 4)), XMP)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"\(4, 4\)"):
        encode(np.zeros((4, 4), np.uint16), a_placement("png", (4, 4)), XMP)


def test_type_keeps_full_colour_and_calm_colour_is_halved() -> None:
    def sampling(image: Image.Image) -> int:
        from PIL import JpegImagePlugin

        with Image.open(io.BytesIO(encode(image, a_placement("jpeg", image.size), XMP).data)) as file:
            assert file.info["progressive"]
            return JpegImagePlugin.get_sampling(file)

    assert sampling(advert()) == 0
    assert sampling(grey_photo()) == 2


def test_few_colours_become_a_palette_and_stay_exact() -> None:
    image = Image.fromarray((np.asarray(advert()) // 64 * 64).astype(np.uint8))
    encoded = encode(image, a_placement("png", image.size), XMP)
    with Image.open(io.BytesIO(encoded.data)) as file:
        assert file.mode == "P"
    assert np.array_equal(levels(opened(encoded)), levels(image))
    assert len(encode(image, a_placement("webp", image.size), XMP).data) < 20_000


def test_a_palette_that_shows_is_not_used_to_meet_a_limit() -> None:
    image = advert()
    squeezed = len(encode(image, a_placement("png", image.size), XMP).data)
    with pytest.raises(TooManyBytes):
        encode(noise(320, 320), a_placement("png", (320, 320), squeezed // 3), XMP)


def test_a_palette_of_256_colours_is_nearer_than_pillows() -> None:
    image = advert()
    places, palette = reduce_colours(np.asarray(image))
    seen = ImageFilter.BoxBlur(3)
    ours = Image.fromarray(palette[places]).filter(seen)
    theirs = image.quantize(256, Image.Quantize.MEDIANCUT).convert("RGB").filter(seen)
    off = [np.abs(levels(made) - levels(image.filter(seen))).mean() for made in (ours, theirs)]
    assert off[0] < 0.95 * off[1]


def test_tiles_show_what_a_whole_jpeg_shows() -> None:
    pixels = np.asarray(advert(900, 700))
    tiles, codec = hard_tiles(pixels), CODECS["jpeg"]
    apart = codec.read(codec.write(tiles.of(pixels), 70, True, None))
    within = tiles.of(codec.read(codec.write(pixels, 70, True, Tags(XMP, srgb_profile()))))
    assert tiles.corners
    assert np.array_equal(apart, within)


def test_likeness_falls_with_the_error_and_counts_type_more_than_grain() -> None:
    pixels = np.asarray(advert())
    reference = ReferencePicture(HardTiles(()).of(pixels))
    codec = CODECS["jpeg"]
    falling = [reference.likeness(codec.read(codec.write(pixels, quality, True, None))) for quality in (95, 80, 50, 20)]
    assert reference.likeness(pixels) == pytest.approx(1, abs=1e-6)
    assert falling == sorted(falling, reverse=True)
    plain, typed = pixels.copy(), pixels.copy()
    plain[20:60, 20:300:2] += 6
    typed[240:280, 20:300:2] += 6
    assert reference.likeness(typed) < 1 > reference.likeness(plain)


def test_every_still_format_has_an_extension() -> None:
    found = {form: Encoded(b"", form, 1).extension for form in EXTENSION}
    assert found == {
        "jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif", "jxl": "jxl", "tiff": "tif", "pdf": "pdf",
    }  # fmt: skip


def test_jpeg_xl_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(NoLibrary, match="pip install imagecodecs"):
        encode(advert(), a_placement("jxl", (320, 320)), XMP)
