"""The program that made the fonts of this folder; run by hand with `fonttools[woff]` installed.

    npm pack @fontsource/marcellus @fontsource/inter @fontsource/archivo @fontsource/noto-sans-arabic \
        @fontsource/noto-sans-hebrew @fontsource/noto-sans-devanagari @fontsource/noto-sans-thai @fontsource/noto-emoji
    # unpack each beside this script's SOURCE folder; take NotoSansCJK-*.ttc from Debian's fonts-noto-cjk
    python templates/fonts/build.py SOURCE templates/fonts

Fontsource cuts families into one file per script; they are merged again here, where the pieces allow it. Noto Emoji
(one colour, so that it takes the ink of its line) comes whole. The East Asian faces are cut from Noto Sans CJK to
their national standards: Japanese to JIS X 0208, Simplified Chinese to GB 2312, Korean to the 2,350 syllables and the
signs of KS X 1001, without its hanja. All fonts are under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTCollection, TTFont

PIECES = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "vietnamese")
FAMILIES = {
    "marcellus": {400: "Marcellus-Regular"},
    "inter": {400: "Inter-Regular", 600: "Inter-SemiBold"},
    "archivo": {500: "Archivo-Medium", 800: "Archivo-ExtraBold"},
    "noto-sans-arabic": {400: "NotoSansArabic-Regular", 700: "NotoSansArabic-Bold"},
    "noto-sans-hebrew": {400: "NotoSansHebrew-Regular", 700: "NotoSansHebrew-Bold"},
    "noto-sans-devanagari": {400: "NotoSansDevanagari-Regular", 700: "NotoSansDevanagari-Bold"},
    "noto-sans-thai": {400: "NotoSansThai-Regular", 700: "NotoSansThai-Bold"},
}


def standard(codec: str, last_row: int = 0xFE) -> set[int]:
    """Every character of a national standard's 94 × 94 table up to a row, by its EUC bytes; with Latin and kana."""
    found = set(range(0x20, 0x7F)) | set(range(0x3000, 0x3100)) | set(range(0xFF01, 0xFFEF))
    for row in range(0xA1, last_row + 1):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode(codec)))
            except UnicodeDecodeError:
                continue
    return found


def western(source: Path, target: Path) -> None:
    """Merge the pieces of each Fontsource family and weight into one TrueType file."""
    for family, weights in FAMILIES.items():
        files = next(source.glob(f"fontsource-{family}-*/package/files"))
        own = family.removeprefix("noto-sans-") if family.startswith("noto-sans-") else "latin"
        for weight, name in weights.items():
            pieces = [files / f"{family}-{p}-{weight}-normal.woff2" for p in (own, *PIECES)]
            pieces = list(dict.fromkeys(piece for piece in pieces if piece.exists()))
            plain = []
            for piece in pieces:
                font = TTFont(piece)
                font.flavor = None
                plain.append(target / f".{piece.stem}.ttf")
                font.save(plain[-1])
            Merger().merge([str(path) for path in plain]).save(target / f"{name}.ttf")
            for path in plain:
                path.unlink()


def emoji(source: Path, target: Path) -> None:
    """Noto Emoji, whole: its sequences are ligatures, which a subset would lose."""
    files = next(source.glob("fontsource-noto-emoji-*/package/files"))
    for weight, name in {400: "NotoEmoji-Regular", 700: "NotoEmoji-Bold"}.items():
        font = TTFont(files / f"noto-emoji-emoji-{weight}-normal.woff2")
        font.flavor = None
        font.save(target / f"{name}.ttf")


def east_asian(source: Path, target: Path, region: str, characters: set[int]) -> None:
    """One region's face of Noto Sans CJK, cut to `characters`."""
    for weight in ("Regular", "Bold"):
        path = next(source.rglob(f"NotoSansCJK-{weight}.ttc"))
        faces = TTCollection(path, lazy=True).fonts
        face = next(font for font in faces if font["name"].getDebugName(4).startswith(f"Noto Sans CJK {region}"))
        options = subset.Options(layout_features=["kern", "palt", "vert", "ccmp", "locl"], hinting=False)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=characters)
        cutter.subset(face)
        face.save(target / f"NotoSans{region}-{weight}.otf")


if __name__ == "__main__":
    where = (Path(sys.argv[1]), Path(sys.argv[2]))
    western(*where)
    emoji(*where)
    east_asian(*where, "JP", standard("euc_jp"))
    east_asian(*where, "SC", standard("gb2312"))
    east_asian(*where, "KR", standard("euc_kr", last_row=0xC8))
