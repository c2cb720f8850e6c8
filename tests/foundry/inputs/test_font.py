"""Fonts that tenants bring are rebuilt in the box from the tables that text needs; what cannot be used is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables.ttProgram import Program

from foundry.errors import Unusable
from foundry.inputs.door import receive
from foundry.inputs.font import FONT, WEIGHTS, inspect_font, rebuild
from foundry.names import sha256_file
from tests.support.made_fonts import made_cff_font, made_font, made_variable_font
from tests.support.own_fonts import KHMER


def rights(bits: int) -> Callable[[TTFont], object]:
    return lambda font: setattr(font["OS/2"], "fsType", bits)


def with_junk(font: TTFont) -> None:
    font["SVG "] = newTable("SVG ")
    font["SVG "].docList = [("<svg/>", 1, 1)]
    font["fpgm"] = newTable("fpgm")
    font["fpgm"].program = Program()
    font["fpgm"].program.fromBytecode(b"\xb0\x00\x2d")


def test_a_font_gives_its_hash_and_the_number_of_its_characters(tmp_path: Path) -> None:
    (tmp_path / "boxes.ttf").write_bytes(made_font("ABC"))
    facts = inspect_font(receive(tmp_path, "boxes.ttf", FONT))
    assert (facts.characters, facts.key) == (3, sha256_file(tmp_path / "boxes.ttf"))


def test_only_the_tables_that_text_needs_are_written_anew() -> None:
    data = made_font("AB", change=with_junk)
    rebuilt = rebuild(data, "boxes.ttf", "regular")
    assert rebuilt.covers == frozenset(map(ord, "AB"))
    assert {"SVG ", "fpgm"} <= set(TTFont(io.BytesIO(data)).keys())
    assert {"SVG ", "fpgm"}.isdisjoint(TTFont(io.BytesIO(rebuilt.content)).keys())
    assert rebuild(data, "boxes.ttf", "bold").content == rebuilt.content


def test_a_font_of_cff_outlines_is_rebuilt_too() -> None:
    rebuilt = rebuild(made_cff_font("ABC"), "boxes.otf", "regular")
    assert rebuilt.covers == frozenset(map(ord, "ABC"))
    assert rebuilt.content[:4] == b"OTTO"


def test_a_script_keeps_its_shaping() -> None:
    rebuilt = TTFont(io.BytesIO(rebuild(KHMER.read_bytes(), "khmer.woff", "regular").content))
    assert {"GSUB", "GPOS", "GDEF"} <= set(rebuilt.keys())


def test_a_variable_font_serves_both_weights() -> None:
    regular, bold = (rebuild(made_variable_font(), "v.ttf", weight) for weight in WEIGHTS)
    assert regular.covers == bold.covers
    assert regular.content != bold.content
    assert all("fvar" not in TTFont(io.BytesIO(one.content)) for one in (regular, bold))


REFUSED = {
    "restricted": (made_font(change=rights(0x0002)), "says that it must not be embedded (fsType 0x0002)"),
    "bitmaps only": (made_font(change=rights(0x0200)), "says that only its bitmaps may be embedded"),
    "huge ink": (made_font(reach=32_000), "has glyphs of 32 ems; the limit is 8"),
    "huge ink in CFF": (made_cff_font(reach=20_000), "has glyphs of 20 ems; the limit is 8"),
    "huge advance": (made_font(advance=30_000), "has glyphs of 30 ems; the limit is 8"),
    "cut": (made_font()[:400], "is not a sound font"),
    "no characters": (made_font(change=lambda font: font["cmap"].tables.clear()), "has no table of Unicode characters"),
    "no outlines": (
        made_font(change=lambda font: [font.__delitem__(tag) for tag in ("glyf", "loca")]),
        "has no outlines",
    ),
}


@pytest.mark.parametrize(("data", "wrong"), REFUSED.values(), ids=REFUSED)
def test_a_font_that_cannot_be_used_is_refused_with_the_reason(data: bytes, wrong: str) -> None:
    with pytest.raises(Unusable) as refused:
        rebuild(data, "boxes.ttf", "regular")
    assert str(refused.value).startswith(f"boxes.ttf {wrong}")


@pytest.mark.parametrize("bits", [0x0000, 0x0004, 0x0008, 0x0100])
def test_rights_that_allow_embedding_are_enough(bits: int) -> None:
    assert rebuild(made_font(change=rights(bits)), "boxes.ttf", "regular").covers


@pytest.mark.parametrize("head", [b"wOF2", b"ttcf", b"%!PS", b"\x89PNG\r\n\x1a\n"])
def test_files_of_another_kind_do_not_pass_the_door(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(head + bytes(100))
    with pytest.raises(Unusable, match=r"a\.ttf is no font file known here; give a TrueType or OpenType font"):
        receive(tmp_path, "a.ttf", FONT)
