"""Readers that share no code with the writers find every fact in files of every format, and the same pictures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from PIL import Image, ImageSequence

from foundry.delivery.metadata import AssetMetadata
from imaging.metadata.embedding import embed
from tests.support.finished_files import FILMS, KINDS, TOLD, finished_file, form_of, told
from tests.support.readers import exiftool, said

pytestmark = pytest.mark.readers("exiftool", "ffmpeg", "djxl", "pdftoppm")
LANGUAGE = TOLD.locale


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Kind → the finished file and its delivered copy."""
    folder = tmp_path_factory.mktemp("files")
    made: dict[str, tuple[Path, Path]] = {}
    for kind in KINDS:
        file = finished_file(folder, kind)
        copy = file.with_name(f"delivered-{file.name}")
        embed(file, copy, form_of(kind), told(kind))
        made[kind] = file, copy
    return made


@pytest.fixture(scope="module")
def tags(files: dict[str, tuple[Path, Path]]) -> dict[str, dict[str, Any]]:
    """Kind → what exiftool reads in the delivered copy; of a WebM, in its packet, which exiftool shows as one tag."""
    packet = files["webm"][1].with_suffix(".xmp")
    packet.write_bytes(subprocess.check_output(["exiftool", "-b", "-Matroska:Xmp", str(files["webm"][1])]))
    return read_all({kind: packet if kind == "webm" else copy for kind, (_, copy) in files.items()})


def read_all(files: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """What exiftool reads in each file, by one process."""
    command = ["exiftool", "-json", "-G1", "-struct", "-n", *map(str, files.values())]
    found = json.loads(subprocess.check_output(command))
    assert not [each for each in found if "ExifTool:Error" in each]
    return dict(zip(files, found, strict=True))


def expected(one: AssetMetadata) -> dict[str, Any]:
    """What exiftool calls each fact, and its value."""
    spoken = {
        "XMP-dc:Title": one.title,
        "XMP-dc:Description": one.description,
        "XMP-iptcCore:AltTextAccessibility": one.alt_text,
        "XMP-iptcCore:ExtDescrAccessibility": one.description,
    }
    return {
        "XMP-dc:Identifier": f"foundry:asset/{one.tenant}/{one.asset}",
        "XMP-dc:Language": [one.locale],
        "XMP-dc:Rights": f"© {one.owner}",
        "XMP-dc:Creator": [one.owner],
        "XMP-dc:Subject": list(one.keywords),
        **spoken,
        **{f"{name}-{one.locale}": value for name, value in spoken.items()},
        "XMP-xmp:CreatorTool": "campaign-foundry",
        "XMP-xmpMM:DocumentID": f"xmp.did:{one.slot}",
        "XMP-xmpMM:InstanceID": f"xmp.iid:{one.digest}",
        "XMP-photoshop:Headline": one.copy[0],
        "XMP-photoshop:Credit": one.owner,
        "XMP-photoshop:Source": one.owner,
        "XMP-photoshop:Instructions": "Not before 2027-03-01. Not after 2027-05-31",
        "XMP-photoshop:TransmissionReference": one.campaign,
        "XMP-xmpRights:Marked": True,
        "XMP-xmpRights:Owner": [one.owner],
        "XMP-xmpRights:UsageTerms": one.usage_terms,
        "XMP-xmpRights:WebStatement": one.licence_url,
        "XMP-iptcExt:DigitalSourceType": one.source_type,
        "XMP-iptcExt:AISystemUsed": "backdrop",
        "XMP-iptcExt:AISystemVersionUsed": 4,
        "XMP-iptcExt:RegistryID": [{"RegItemId": one.provenance, "RegOrgId": "campaign-foundry"}],
        "XMP-iptcExt:ProductInImage": [
            {
                "ProductId": int(item) if item.isdigit() else item,
                "ProductName": one.product_name,
                f"ProductName-{one.locale}": one.product_name,
            }
            for item in (one.product, *one.items)
        ],
        "XMP-plus:PLUSVersion": "2.0.1",
        "XMP-plus:CopyrightOwner": [{"CopyrightOwnerName": one.owner}],
        "XMP-plus:Licensor": [{"LicensorName": one.owner, "LicensorURL": one.licence_url}],
        "XMP-plus:LicenseStartDate": "2027:03:01",
        "XMP-plus:LicenseEndDate": "2027:05:31",
        "XMP-plus:TermsAndConditionsText": one.usage_terms,
        "XMP-plus:TermsAndConditionsURL": one.licence_url,
        "XMP-pur:EmbargoDate": "2027:03:01",
        "XMP-pur:ExpirationDate": "2027:05:31",
        "XMP-prism:EmbargoDate": "2027-03-01",
        "XMP-prism:ExpirationDate": "2027-05-31",
        "XMP-foundry:Slot": one.slot,
        "XMP-foundry:Campaign": one.campaign,
        "XMP-foundry:CampaignName": one.campaign_name,
        "XMP-foundry:Product": one.product,
        "XMP-foundry:Items": [int(each) if each.isdigit() else each for each in one.items],
        "XMP-foundry:Markets": list(one.markets),
        "XMP-foundry:Scene": one.scene,
        "XMP-foundry:Placement": one.placement,
        "XMP-foundry:Channel": one.channel,
        "XMP-foundry:Models": list(one.models),
        "XMP-foundry:Provenance": one.provenance,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_exiftool_reads_every_fact(kind: str, tags: dict[str, dict[str, Any]]) -> None:
    found = {name: value for name, value in tags[kind].items() if name.startswith("XMP-")}
    assert "image/" in found.pop("XMP-dc:Format") or kind in (*FILMS, "pdf")
    assert found.pop("XMP-x:XMPToolkit", None) is None
    assert found == expected(told(kind))
    assert "ExifTool:Warning" not in tags[kind]


@pytest.mark.parametrize("kind", ["jpeg", "tiff"])
def test_exiftool_reads_the_older_form_too(kind: str, tags: dict[str, dict[str, Any]]) -> None:
    found = {name.removeprefix("IPTC:"): value for name, value in tags[kind].items() if name.startswith("IPTC:")}
    assert found == {
        "CodedCharacterSet": "\x1b%G",
        "ApplicationRecordVersion": 4,
        "ObjectName": TOLD.title,
        "Keywords": list(TOLD.keywords),
        "ReleaseDate": "2027:03:01",
        "ExpirationDate": "2027:05:31",
        "SpecialInstructions": "Not before 2027-03-01. Not after 2027-05-31",
        "By-line": TOLD.owner,
        "OriginalTransmissionReference": TOLD.campaign,
        "Headline": TOLD.copy[0],
        "Credit": TOLD.owner,
        "Source": TOLD.owner,
        "CopyrightNotice": f"© {TOLD.owner}",
        "Caption-Abstract": TOLD.description,
    }


def test_other_programs_can_change_a_fact_and_keep_the_others(
    files: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    edited = {kind: tmp_path / copy.name for kind, (_, copy) in files.items() if kind != "webm"}
    for kind, copy in edited.items():
        copyfile(files[kind][1], copy)
    said("exiftool", "-q", "-overwrite_original", "-XMP-dc:Title=Chosen in the DAM", *map(str, edited.values()))
    for kind, tags in read_all(edited).items():
        assert tags["XMP-dc:Title"] == "Chosen in the DAM", kind
        assert tags["XMP-iptcExt:DigitalSourceType"] == TOLD.source_type, kind
        assert tags["XMP-foundry:Slot"] == TOLD.slot, kind


def test_exiftool_reads_awkward_texts_as_they_are(files: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    awkward = [
        "]]> <script>&amp;",
        "👩\u200d👩\u200d👧 𝒜 Zürich",
        "עברית (abc) 12%",
        "\u2068Radiance\u2069 – استيقظي",
        "a\nb\tc",
    ]
    kinds = ("jpeg", "png", "webp", "avif", "jxl", "tiff", "pdf", "mp4", "mov", "gif")
    copies: dict[str, Path] = {}
    for number, (kind, text) in enumerate((kind, text) for kind in kinds for text in awkward):
        copies[f"{number}"] = tmp_path / f"{number}-{files[kind][0].name}"
        embed(files[kind][0], copies[f"{number}"], kind, told(kind, title=text, alt_text=text, keywords=(text, "x")))
    for number, tags in read_all(copies).items():
        text = awkward[int(number) % len(awkward)]
        assert tags["XMP-dc:Title"] == text
        assert tags["XMP-iptcCore:AltTextAccessibility-de-DE"] == text
        assert tags["XMP-dc:Subject"] == [text, "x"]


def test_exiftool_finds_the_digest_of_the_older_form_right(files: dict[str, tuple[Path, Path]]) -> None:
    printed = said("exiftool", "-s3", "-Photoshop:IPTCDigest", "-File:CurrentIPTCDigest", str(files["jpeg"][1]))
    stored, current = printed.split()
    assert stored == current


def test_players_read_the_tags_of_a_webm(files: dict[str, tuple[Path, Path]]) -> None:
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(files["webm"][1])]
    tags = json.loads(subprocess.check_output(command))["format"]["tags"]
    assert tags["FOUNDRY_ASSET"] == f"foundry:asset/{TOLD.tenant}/{TOLD.asset}"
    assert tags["DIGITAL_SOURCE_TYPE"] == TOLD.source_type
    assert (tags["TITLE"], tags["ALT_TEXT"], tags["DESCRIPTION"]) == (TOLD.title, TOLD.alt_text, TOLD.description)
    assert (tags["COPYRIGHT"], tags["TERMS_OF_USE"]) == (f"© {TOLD.owner}", TOLD.usage_terms)
    assert (tags["EMBARGO"], tags["EXPIRY"]) == (TOLD.embargo, TOLD.expiry)


@pytest.mark.parametrize("kind", KINDS)
def test_decoders_see_the_same_pictures(kind: str, files: dict[str, tuple[Path, Path]]) -> None:
    before, after = (decoded(file, kind) for file in files[kind])
    assert before == after
    assert before


def decoded(file: Path, kind: str) -> str | bytes:
    """The pictures of a file, decoded: the hashes of its frames, or the pixels of its one picture."""
    if kind == "jxl":
        said("djxl", str(file), f"{file}.ppm")
        return Path(f"{file}.ppm").read_bytes()
    if kind == "pdf":
        said("pdftoppm", "-r", "150", "-singlefile", str(file), str(file.with_suffix("")))
        return file.with_suffix(".ppm").read_bytes()
    if kind == "animated webp":
        return hashes_of_frames(file)
    return said("ffmpeg", "-v", "error", "-i", str(file), "-f", "framemd5", "-")


def hashes_of_frames(file: Path) -> bytes:
    """FFmpeg decodes no moving WebP; libwebp does."""
    with Image.open(file) as film:
        return b"".join(frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(film))


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_players_find_a_place_in_the_middle_of_a_film(kind: str, files: dict[str, tuple[Path, Path]]) -> None:
    before, after = (
        said("ffmpeg", "-v", "error", "-ss", "0.35", "-i", str(file), "-f", "framemd5", "-") for file in files[kind]
    )
    assert before == after
    assert 0 < sum(line[:1] == "0" for line in before.splitlines()) < 12


def test_jpegs_keep_their_profile_exif_and_density(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "described"
    source, copy = tmp_path / "a.jpg", tmp_path / "b.jpg"
    icc = finished_file(tmp_path, "jpeg")
    with Image.open(icc) as file:
        file.save(source, "JPEG", exif=exif, icc_profile=file.info["icc_profile"], dpi=(300, 300))
    embed(source, copy, "jpeg", told("jpeg"))
    before, after = exiftool(source), exiftool(copy)
    kept = ("IFD0:", "ICC", "JFIF:")
    assert {name: after.get(name) for name in before if name.startswith(kept)} == {
        name: value for name, value in before.items() if name.startswith(kept)
    }
    assert after["IFD0:ImageDescription"] == "described"
    assert after["JFIF:XResolution"] == 300
