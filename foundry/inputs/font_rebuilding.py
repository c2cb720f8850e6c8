"""The rebuilding of fonts from outside, as it runs in the box: read table by table, judged, and written anew."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from foundry.errors import Unusable
from foundry.inputs.font import Weight

_TABLES = (
    "_h_e_a_d", "_h_h_e_a", "_m_a_x_p", "O_S_2f_2", "_h_m_t_x", "_c_m_a_p", "_l_o_c_a", "_g_l_y_f", "C_F_F_",
    "_n_a_m_e", "_p_o_s_t", "_k_e_r_n", "G_D_E_F_", "G_S_U_B_", "G_P_O_S_", "B_A_S_E_", "_v_h_e_a", "_v_m_t_x",
    "_f_v_a_r", "_a_v_a_r", "_g_v_a_r", "H_V_A_R_", "M_V_A_R_", "S_T_A_T_", "otTables", "otConverters", "otBase",
    "DefaultTable", "TupleVariation",
)  # fmt: skip
BOX_PRELOADS = (
    "PIL.ImageFont", "PIL.ImageDraw", "fontTools.agl", "fontTools.cffLib", "fontTools.varLib.instancer",
    "fontTools.ttLib.sfnt", "fontTools.misc.psCharStrings", *(f"fontTools.ttLib.tables.{name}" for name in _TABLES),
)  # fmt: skip
KEPT = frozenset(
    (
        "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "CFF ", "name", "post", "kern",
        "GDEF", "GSUB", "GPOS", "BASE",
    )
)  # fmt: skip
"""The tables that setting text needs."""
LAYOUT_TABLES = ("GDEF", "GSUB", "GPOS", "BASE")
NEEDED = ("head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "name", "post")
VARIABLE = frozenset(("fvar", "avar", "gvar", "cvar", "HVAR", "VVAR", "MVAR", "STAT"))
PINNED = {"regular": 400.0, "bold": 700.0}
"""The weights of a variable font that serve as regular and bold."""
MOST_GLYPHS, LEAST_UNITS, MOST_EMS = 65_535, 64, 8
RESTRICTED, EDITABLE_OR_PRINTABLE, BITMAPS_ONLY = 0x0002, 0x000C, 0x0200
"""Bits of OS/2 fsType, which states the rights that a font's maker gives."""
AT_ONCE, TRIED_PX = 64, 32
EXPORT = "export it again as a static TrueType or OpenType font"


def rebuild_font(stream: BinaryIO, name: str, weight: Weight) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the bytes of the rebuilt font, and the code points that it covers, sorted.

    Unusable for a font that is broken, that may not be embedded, or whose glyphs are far too large. Each of its
    characters is drawn once.
    """
    try:
        font = TTFont(stream, lazy=False, recalcTimestamp=False)
        _refuse_rights(font, name)
        content = _written(_of_weight(font, name, weight), name)
        covers = sorted(_judged(content, name))
        _draw_each(content, covers)
    except (Unusable, MemoryError):
        raise
    except Exception as error:  # fontTools raises whatever a broken table makes its readers meet
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
        raise Unusable(name, f"is not a sound font ({reason})", EXPORT) from error
    return np.frombuffer(content, np.uint8).copy(), np.array(covers, np.uint32)


def _refuse_rights(font: TTFont, name: str) -> None:
    lacking = [table for table in NEEDED if table not in font]
    if lacking:
        raise Unusable(name, f"lacks the table(s) {', '.join(lacking)}", EXPORT)
    rights = int(font["OS/2"].fsType)
    if rights & RESTRICTED and not rights & EDITABLE_OR_PRINTABLE:
        wrong = f"says that it must not be embedded (fsType {rights:#06x})"
        raise Unusable(name, wrong, "ask its maker for a file that may be, which some licences include")
    if rights & BITMAPS_ONLY:
        wrong = f"says that only its bitmaps may be embedded (fsType {rights:#06x})"
        raise Unusable(name, wrong, "ask its maker for a file whose outlines may be used")


def _of_weight(font: TTFont, name: str, weight: Weight) -> TTFont:
    """Return a static font: a variable one at this weight, and at the defaults of its other axes."""
    if "fvar" not in font:
        return font
    if "gvar" not in font:
        raise Unusable(name, "is a variable font with CFF2 outlines", EXPORT)
    from fontTools.varLib.instancer import instantiateVariableFont

    for tag in [tag for tag in font.keys() if tag not in KEPT | VARIABLE]:  # noqa: SIM118 - a font is no mapping
        del font[tag]
    place = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    for axis in font["fvar"].axes:
        if axis.axisTag == "wght":
            place["wght"] = min(max(PINNED[weight], axis.minValue), axis.maxValue)
    return instantiateVariableFont(font, place, inplace=True)


def _written(font: TTFont, name: str) -> bytes:
    """Return the font's needed tables, each read whole and written anew.

    TrueType glyphs lose their hinting programs. CFF outlines are programs themselves, which are run here.
    """
    if ("glyf" in font) == ("CFF " in font):
        raise Unusable(name, "has no outlines known here (neither glyf nor CFF)", EXPORT)
    if not 0 < font["maxp"].numGlyphs <= MOST_GLYPHS:
        raise Unusable(name, f"has {font['maxp'].numGlyphs} glyphs; the limit is {MOST_GLYPHS}", "cut it to a subset")
    for tag in [tag for tag in font.keys() if tag not in KEPT and tag != "GlyphOrder"]:  # noqa: SIM118
        del font[tag]
    for tag in list(font.keys()):
        table = font[tag]  # from here on it is written anew, and not copied
        if tag in LAYOUT_TABLES:
            table.ensureDecompiled(recurse=True)
    _without_programs(font)
    font["name"].names = [record for record in font["name"].names if record.nameID in (1, 2, 4, 6)]
    font.flavor = None
    written = io.BytesIO()
    font.save(written, reorderTables=True)
    return written.getvalue()


def _without_programs(font: TTFont) -> None:
    """Take the hinting programs out of TrueType glyphs, and measure the outlines of CFF by running them."""
    if "glyf" in font:
        for glyph in font["glyf"].glyphs.values():
            glyph.expand(font["glyf"])
            glyph.removeHinting()
        font["maxp"].maxSizeOfInstructions = 0
        font["post"].formatType = 3.0
    else:  # each outline is run once for its box; saving would run them three times
        font["CFF "].cff.topDictIndex[0].recalcFontBBox()
        font.recalcBBoxes = False


def _judged(content: bytes, name: str) -> frozenset[int]:
    """Return the code points of a rebuilt font; Unusable where it draws far outside a line of text."""
    font = TTFont(io.BytesIO(content), lazy=True)
    units, covers = int(font["head"].unitsPerEm), font.getBestCmap()
    if not covers:
        raise Unusable(name, "has no table of Unicode characters", EXPORT)
    if units < LEAST_UNITS:
        raise Unusable(name, f"has {units} units per em; it needs {LEAST_UNITS}", EXPORT)
    most = max(_largest_reach(font), font["hhea"].ascent, -font["hhea"].descent)
    if most > MOST_EMS * units:
        raise Unusable(name, f"has glyphs of {most / units:.0f} ems; the limit is {MOST_EMS}", EXPORT)
    return frozenset(covers)


def _largest_reach(font: TTFont) -> int:
    """Return the largest distance of any glyph's ink and advance from its origin, in font units."""
    widest = max(advance for advance, _ in font["hmtx"].metrics.values())
    if "glyf" in font:
        head = font["head"]  # written anew from the outlines
        bounds: Any = (head.xMin, head.yMin, head.xMax, head.yMax)
    else:
        bounds = font["CFF "].cff.topDictIndex[0].FontBBox
    return max(widest, *(abs(round(bound)) for bound in bounds))


def _draw_each(content: bytes, covers: list[int]) -> None:
    """Draw each character once, so that what a run would meet is met in the box."""
    from PIL import Image, ImageDraw, ImageFont

    face = ImageFont.truetype(io.BytesIO(content), TRIED_PX, layout_engine=ImageFont.Layout.BASIC)
    for first in range(0, len(covers), AT_ONCE):
        text = "".join(chr(code) for code in covers[first : first + AT_ONCE] if not 0xD800 <= code < 0xE000)
        canvas = ImageDraw.Draw(Image.new("L", (TRIED_PX * 4, TRIED_PX * 4)))
        canvas.text((0, TRIED_PX), text.replace("\n", " ").replace("\r", " "), font=face, fill=255)
