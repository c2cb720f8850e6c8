"""The program that made the fonts of this folder; run by hand with `fonttools[woff]` installed.

    npm pack @fontsource/marcellus @fontsource/inter @fontsource/archivo @fontsource/noto-sans \
        @fontsource/noto-sans-arabic @fontsource/noto-sans-hebrew @fontsource/noto-sans-devanagari \
        @fontsource/noto-sans-thai @fontsource/noto-emoji
    # unpack each beside this script's SOURCE folder; take NotoSansCJK-*.ttc from Debian's fonts-noto-cjk
    python templates/fonts/build.py SOURCE templates/fonts

Fontsource cuts families into one file per script; they are merged again here, where the pieces allow it. Noto Emoji
(one colour, so that it takes the ink of its line) comes whole. The East Asian faces are cut from Noto Sans CJK to
their national standards: Japanese to JIS X 0208, Simplified Chinese to GB 2312, Korean to the 2,350 syllables and the
signs of KS X 1001, without its hanja.

The supplements hold what names of people, places and shops need beside them. Noto Sans has the letters of Latin, Greek
and Cyrillic that Inter lacks. The East Asian ones are cut by properties of the Unihan database (Debian's unicode-data):
kTGH for China; kJinmeiyoKanji, kIBMJapan and the third level of kJIS0213 for Japan; the first level of kBigFive,
kIICore and kHKGlyph for Taiwan, Hong Kong and Macau. Noto Sans CJK draws a character of two standards by one glyph
where they write it alike, so the face for traditional Chinese holds only what the others lack or have in another form.

All fonts are under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTCollection, TTFont

PIECES = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "vietnamese")
MORE_PIECES = {"noto-sans": ("greek-ext",)}
FAMILIES = {
    "marcellus": {400: "Marcellus-Regular"},
    "inter": {400: "Inter-Regular", 600: "Inter-SemiBold"},
    "archivo": {500: "Archivo-Medium", 800: "Archivo-ExtraBold"},
    "noto-sans": {400: "NotoSans-Regular", 700: "NotoSans-Bold"},
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
        files = next(source.glob(f"fontsource-{family}-[0-9]*/package/files"))
        own = family.removeprefix("noto-sans-") if family.startswith("noto-sans-") else "latin"
        for weight, name in weights.items():
            scripts = (own, *PIECES, *MORE_PIECES.get(family, ()))
            pieces = [files / f"{family}-{p}-{weight}-normal.woff2" for p in scripts]
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


def noto_sans_cjk(source: Path, region: str, weight: str = "Regular") -> TTFont:
    """One region's face of Noto Sans CJK."""
    faces = TTCollection(next(source.rglob(f"NotoSansCJK-{weight}.ttc")), lazy=True).fonts
    return next(font for font in faces if font["name"].getDebugName(4).startswith(f"Noto Sans CJK {region}"))


def east_asian(source: Path, target: Path, region: str, characters: set[int], called: str = "") -> None:
    """One region's face of Noto Sans CJK, cut to `characters`; the file is named for the region and `called`."""
    for weight in ("Regular", "Bold"):
        face = noto_sans_cjk(source, region, weight)
        options = subset.Options(layout_features=["kern", "palt", "vert", "ccmp", "locl"], hinting=False)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=characters)
        cutter.subset(face)
        face.save(target / f"NotoSans{region}{called}-{weight}.otf")


def unihan(source: Path, name: str, value: str = ".*") -> set[int]:
    """Every character that has a property of the Unihan database whose value fits an expression."""
    line = re.compile(rf"U\+([0-9A-F]+)\t{name}\t{value}", re.MULTILINE)
    texts = (path.read_text(encoding="utf-8") for path in source.rglob("Unihan_*.txt"))
    return {int(code, 16) for text in texts for code in line.findall(text)}


def covered(target: Path, region: str) -> set[int]:
    """Every character of a region's face in the folder of fonts."""
    return set(TTFont(target / f"NotoSans{region}-Regular.otf", lazy=True).getBestCmap())


def lacking(source: Path, target: Path, region: str, characters: Iterable[int]) -> set[int]:
    """Those of the characters that a region's whole face has, and no face of a national standard."""
    there = set().union(*(covered(target, one) for one in ("JP", "SC", "KR")))
    return (set(characters) & set(noto_sans_cjk(source, region).getBestCmap())) - there


def forms_of_their_own(source: Path, target: Path, characters: set[int]) -> set[int]:
    """Those of the characters that traditional Chinese writes otherwise than the face that would draw them."""
    traditional = noto_sans_cjk(source, "TC").getBestCmap()
    drawn: dict[int, str] = {}
    for region in ("SC", "KR", "JP"):  # fonts.yaml has them in the opposite order, and the first one draws
        whole = noto_sans_cjk(source, region).getBestCmap()
        drawn |= {code: whole[code] for code in covered(target, region)}
    return {code for code in characters & set(traditional) if traditional[code] != drawn.get(code)}


PUNCTUATION = {*range(0x2010, 0x2028), *range(0x2E80, 0x3130), *range(0xFF01, 0xFFEF), 0x00B7, 0x203B, 0x4E00}
"""Signs that stand in the middle of their square in traditional Chinese, and a character that every such face has."""


IN_NAMES = {"JP": "𠮷", "SC": "羴鱻贠頔龑", "TC": "琁瑒龎瓅瀡躝"}
"""Characters of people and shops that no list of a standard has."""


SIGNS = range(0x2000, 0x2C00)
"""Check marks, fractions, arrows and the like; where a face draws them is the same in every region."""


def supplements(source: Path, target: Path) -> None:
    """Cut the faces for what the faces of the national standards lack."""
    japanese = (unihan(source, key) for key in ("kJinmeiyoKanji", "kIBMJapan", "kJoyoKanji"))
    names = unihan(source, "kJIS0213", "1,.*").union(*japanese, map(ord, IN_NAMES["JP"]))
    cuts = {
        ("JP", "Names"): lacking(source, target, "JP", names),
        ("SC", "Names"): lacking(source, target, "SC", unihan(source, "kTGH").union(map(ord, IN_NAMES["SC"]))),
        ("KR", "Names"): lacking(source, target, "KR", range(0xAC00, 0xD7A4)),
        ("TC", ""): traditional_chinese(source, target),
    }
    rest = unihan(source, "kIICore").union(unihan(source, "kHKGlyph"), map(ord, IN_NAMES["TC"]), SIGNS)
    cuts["TC", "Names"] = lacking(source, target, "TC", rest) - cuts["TC", ""] - cuts["JP", "Names"]
    for (region, called), characters in cuts.items():
        east_asian(source, target, region, characters, called)


def traditional_chinese(source: Path, target: Path) -> set[int]:
    """Every character that the face for traditional Chinese holds."""
    wanted = unihan(source, "kBigFive", "(?:[AB].|C[0-6])..") | unihan(source, "kIICore", ".*[THM].*")
    return forms_of_their_own(source, target, wanted) | forms_of_their_own(source, target, PUNCTUATION) | {0x4E00}


if __name__ == "__main__":
    where = (Path(sys.argv[1]), Path(sys.argv[2]))
    western(*where)
    emoji(*where)
    east_asian(*where, "JP", standard("euc_jp"))
    east_asian(*where, "SC", standard("gb2312"))
    east_asian(*where, "KR", standard("euc_kr", last_row=0xC8))
    supplements(*where)
