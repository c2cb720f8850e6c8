"""Readers that share no code with the encoders find provenance, profile and boxes in the files, and nothing else."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import Print, placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.plan.shot import ShotOrder
from foundry.plan.variant import Variant
from foundry.provenance import asset_of, xmp
from foundry.source_types import COMPOSITE, TRAINED
from imaging.still.encode import EXTENSION, encode
from imaging.still.encoding.inks import PRESS, inks
from imaging.still.encoding.sheet import profile
from tests.support.readers import exiftool, said
from tests.support.scenes import a_placement, advert, levels

pytestmark = pytest.mark.readers("exiftool", "pdfinfo", "pdftoppm", "djxl")
NAME = "0123456789abcdef0123456789abcdef"
PRINTED = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="cmyk")
PAGE, CANVAS = (360, 240), (432, 312)
CAMERA = {"GPS", "ExifIFD", "IFD1", "IPTC", "Photoshop", "MakerNotes"}


def a_variant(picture: str | None = "a" * 64, copy: Copy | None = None) -> Variant:
    shot = ShotOrder(
        name="s" * 32,
        plan="plan",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=0,
        prompt="wall",
        negative_prompt="",
        palette=(),
        picture=picture,
        width_px=768,
        height_px=768,
        steps=4,
    )
    placement = placements()["meta/feed-square"]
    words = copy or Copy(headline="Strahlend & <neu>", subheadline="Ein stilles Ritual", call_to_action="Entdecken")
    return Variant(
        name=NAME, shot=shot, product=0, locale="de-DE", copy=words, layout=layout_for(placement), placement=placement
    )


def written(folder: Path, form: str) -> Path:
    path = folder / f"file.{EXTENSION[form]}"
    size, printed = (PAGE, PRINTED) if form == "pdf" else (CANVAS, None)
    placement = a_placement(form, size, printed=printed)
    path.write_bytes(encode(advert(*CANVAS), placement, xmp(a_variant(), "Aurelle GmbH")).data)
    return path


@pytest.mark.parametrize("form", EXTENSION)
def test_exiftool_reads_who_made_the_file_and_finds_no_camera(form: str, tmp_path: Path) -> None:
    path = written(tmp_path, form)
    tags = exiftool(path)
    assert tags["XMP-iptcExt:DigitalSourceType"] == COMPOSITE
    assert tags["XMP-dc:Identifier"] == f"foundry:asset/aurelle/{NAME}"
    assert tags["XMP-xmpMM:DocumentID"] == f"xmp.did:{NAME}"
    assert tags["XMP-xmp:CreatorTool"] == "campaign-foundry"
    assert tags["XMP-dc:Title"] == "Strahlend & <neu>"
    assert tags["XMP-dc:Title-de-DE"] == "Strahlend & <neu>"
    assert tags["XMP-dc:Rights"] == "© Aurelle GmbH"
    assert tags["XMP-xmpRights:Marked"] is True
    assert {name.split(":")[0] for name in tags}.isdisjoint(CAMERA)
    assert not [name for name in tags if "Date" in name and not name.startswith(("System:", "ICC"))]
    assert asset_of(path.read_bytes()) == ("aurelle", NAME)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "tiff"])
def test_exiftool_reads_the_profile(form: str, tmp_path: Path) -> None:
    tags = exiftool(written(tmp_path, form))
    assert "sRGB" in str(tags["ICC_Profile:ProfileDescription"])


def test_libjxl_decodes_what_imagecodecs_wrote(tmp_path: Path) -> None:
    path = written(tmp_path, "jxl")
    said("djxl", str(path), str(tmp_path / "out.png"))
    with Image.open(tmp_path / "out.png") as file:
        assert np.abs(levels(file.convert("RGB")) - levels(advert(*CANVAS))).mean() < 2.5


def test_poppler_reads_the_boxes_and_shows_the_inks(tmp_path: Path) -> None:
    path = written(tmp_path, "pdf")
    facts = {line.split(":")[0]: line.split(":")[1].split() for line in said("pdfinfo", "-box", str(path)).splitlines()}
    assert facts["MediaBox"] == ["0.00", "0.00", "103.68", "74.88"]
    assert facts["TrimBox"] == ["8.64", "8.64", "95.04", "66.24"]
    assert facts["BleedBox"] == ["0.14", "0.14", "103.54", "74.74"]
    assert facts["PDF version"] == ["1.6"]
    said("pdftoppm", "-r", "300", "-png", "-singlefile", str(path), str(tmp_path / "page"))
    with Image.open(tmp_path / "page.png") as page:
        assert page.size == CANVAS
        assert np.abs(levels(page.convert("RGB")) - levels(advert(*CANVAS))).mean() < 25  # poppler's own idea of inks


def test_a_picture_without_a_photograph_says_that_a_model_drew_it_all() -> None:
    assert TRAINED.encode() in xmp(a_variant(None))
    assert COMPOSITE.encode() in xmp(a_variant())


def test_words_that_xml_cannot_hold_do_not_break_the_packet(tmp_path: Path) -> None:
    packet = xmp(a_variant(copy=Copy(headline='a\x00b\x0b]]>\u202e<c> & "d" 🙂', subheadline="e")))
    path = tmp_path / "file.xmp"
    path.write_bytes(packet)
    assert exiftool(path)["XMP-dc:Title"] == 'ab]]>\u202e<c> & "d" 🙂'


def test_without_an_owner_no_rights_are_claimed() -> None:
    packet = xmp(a_variant())
    assert b"rights>" not in packet
    assert b"Marked" not in packet
    assert packet == xmp(a_variant())


def test_a_tiff_in_inks_is_read_by_exiftool(tmp_path: Path) -> None:
    path = tmp_path / "inks.tif"
    path.write_bytes(encode(advert(), a_placement("tiff", (320, 320), printed=PRINTED), xmp(a_variant())).data)
    tags = exiftool(path)
    assert tags["IFD0:PhotometricInterpretation"] == 5
    assert tags["IFD0:XResolution"] == 300
    assert "FOGRA39L" in tags["ICC_Profile:ProfileDescription"]
    with Image.open(io.BytesIO(path.read_bytes())) as file:
        assert np.array_equal(np.asarray(file), inks(np.asarray(advert())))
        assert file.info["icc_profile"] == profile(PRESS)
