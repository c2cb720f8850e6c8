"""Colours, names of files, addresses and approvals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

FileKind = Literal["picture", "drawing", "model", "sound", "film", "font", "document"]
Approval = Literal["yes", "no", "pending"]
LONGEST = 2_000
_HEX = re.compile(r"(?<![\w#&/])#([0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?!\w)")
_BARE_HEX = re.compile(r"(?=.*[A-Fa-f].*|000000$)([0-9a-fA-F]{6})")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*(?:[,/]\s*[\d.]+%?\s*)?\)", re.IGNORECASE
)
_LABELLED_RGB = re.compile(r"(?:rgb\s*:?\s*)(\d{1,3})\s*[,/\s]\s*(\d{1,3})\s*[,/\s]\s*(\d{1,3})", re.IGNORECASE)
_ENDINGS: dict[FileKind, str] = {
    "picture": "png jpg jpeg jpe webp tif tiff avif heic heif gif bmp psd jxl exr dng",
    "drawing": "svg ai eps",
    "model": "glb gltf usd usda usdc usdz obj fbx blend stl",
    "sound": "mp3 wav aac m4a flac ogg opus aif aiff",
    "film": "mp4 mov webm mkv avi m4v",
    "font": "ttf otf woff woff2 ttc",
    "document": "pdf doc docx ppt pptx xls xlsx csv tsv txt md json yaml yml zip indd sketch fig key pages",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_MARKDOWN_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^()\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_FILE = re.compile(r"[^\n\r\t<>|\"?*:]{1,240}\.([A-Za-z0-9]{2,5})")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE)
_E_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_BARE_URL = re.compile(r"(?:www\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.[a-z]{2,10}(?:/\S*)?", re.IGNORECASE)
_DOMAINS = frozenset(
    [
        "com",
        "net",
        "org",
        "io",
        "co",
        "ai",
        "app",
        "shop",
        "store",
        "de",
        "at",
        "ch",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "be",
        "uk",
        "us",
        "ca",
        "mx",
        "br",
        "jp",
        "cn",
        "tw",
        "hk",
        "kr",
        "in",
        "au",
        "nz",
        "eu",
        "se",
        "no",
        "dk",
        "fi",
        "pl",
        "cz",
        "ie",
        "info",
        "biz",
        "dev",
        "example",
        "test",
    ]
)
_HANDLE = re.compile(r"[@#][\w.]{2,60}")
_APPROVALS: dict[Approval, str] = {
    "yes": "yes y true 1 x ok okay ✓ ✔ ✅ ☑ approved final released signed signed-off go live cleared confirmed "
    "accepted "
    "ready active enabled included ja freigegeben genehmigt erledigt aktiv wahr oui validé validée approuvé "
    "approuvée vrai "
    "sí si aprobado aprobada verdadero sim aprovado aprovada verdadeiro はい 承認 承認済み 承認済 済 可 有効 "
    "是 已批准 批准 通过 通過 已审批 已審核 已核准 有效",
    "no": "no n false 0 ✗ ✘ ❌ ☒ rejected declined refused not-approved unapproved no-go cancelled canceled on-hold "
    "hold "
    "inactive disabled excluded withdrawn archived nein abgelehnt gesperrt storniert inaktiv falsch "
    "nicht-freigegeben non "
    "refusé refusée rejeté rejetée faux rechazado rechazada falso não nao rejeitado rejeitada recusado いいえ 却下 "
    "否認 "
    "不可 無効 未承認 否 不 已拒绝 拒绝 未通过 未批准 駁回 無效",
    "pending": "pending draft wip tbd tbc open in-review review under-review in-progress waiting awaiting-approval "
    "pending-approval awaiting for-approval to-be-approved submitted new needs-approval to-do todo offen ausstehend "
    "entwurf "
    "in-prüfung in-arbeit in-freigabe en-attente brouillon en-cours à-valider pendiente borrador en-revisión pendente "
    "rascunho em-revisão em-análise 確認中 審査中 保留 下書き 未定 申請中 待审批 待定 草稿 审核中 待審核 審核中",
}


@dataclass(frozen=True)
class ColourReading:
    """A colour. hex: "#RRGGBB" in capitals. name: the words beside it ("Coral"), or the colour's name; often empty."""

    text: str
    hex: str
    name: str
    score: float


@dataclass(frozen=True)
class FileReading:
    """The name of a file. name: its path or address as it stands, without Markdown, quotes and a leading "./".

    kind: by its ending. remote: True for an address, whose file is not beside the brief.
    """

    text: str
    name: str
    kind: FileKind
    remote: bool
    score: float


@dataclass(frozen=True)
class AddressReading:
    """An address on the web, of a mailbox, or on a platform ("@acme", "#glow")."""

    text: str
    kind: Literal["web", "mail", "handle"]
    score: float


def colour_in(text: str) -> tuple[ColourReading, ...]:
    """Return the colours that a text lists, by hexadecimal digits, `rgb()` or an English name of CSS."""
    from foundry.adoption.shapes.parts import parts_of

    if len(text) > LONGEST:
        return ()
    found = [reading for part in parts_of(text) for reading in _colours(part)]
    return tuple(found)


def _colours(part: str) -> list[ColourReading]:
    marks = [*_HEX.finditer(part)]
    if marks:
        name = _HEX.sub("", part).strip(" ()-–:=,") if len(marks) == 1 else ""
        return [ColourReading(part, _six_digits(mark[1]), name, 0.98 if len(name) < 40 else 0.5) for mark in marks]
    if mark := _RGB.search(part) or _LABELLED_RGB.match(part):
        levels = [int(level) for level in mark.groups()]
        if max(levels) <= 255:
            name = (part[: mark.start()] + part[mark.end() :]).strip(" ()-–:=,")
            return [ColourReading(part, "#" + "".join(f"{level:02X}" for level in levels), name, 0.95)]
    if _BARE_HEX.fullmatch(part):
        return [ColourReading(part, f"#{part.upper()}", "", 0.5)]
    named = _css_colours().get(part.casefold().replace(" ", ""))
    return [ColourReading(part, named, part, 0.7)] if named else []


def _six_digits(digits: str) -> str:
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits[:6].upper()}"


@lru_cache(maxsize=1)
def _css_colours() -> dict[str, str]:
    from PIL import ImageColor

    return {name: str(value).upper() for name, value in ImageColor.colormap.items() if isinstance(value, str)}


@lru_cache(maxsize=8192)
def file_name_in(text: str) -> tuple[FileReading, ...]:
    """Return the files that a text names, by their known endings: one, or a list of them and nothing else."""
    from foundry.adoption.shapes.parts import parts_of

    if len(text) > LONGEST or "." not in text:
        return ()
    whole = _file(text.strip())
    if whole and not re.search(r"\.\w{2,5}\s*[,;|\n]", text):
        return (whole,)
    found = tuple(_file(part) for part in parts_of(text, at_words=False))
    return tuple(part for part in found if part) if all(found) else ()


def _file(part: str) -> FileReading | None:
    link = _MARKDOWN_LINK.fullmatch(part)
    name = (link[1] if link else part).strip().strip("\"'`<>")
    remote = bool(_URL.fullmatch(name)) and not name.lower().startswith("file:")
    bare = re.sub(r"[?#].*", "", re.sub(r"^file:/{0,3}", "", name) if not remote else name)
    shown = re.sub(r"^[a-z]+://", "", bare, flags=re.IGNORECASE) if remote else re.sub(r"^[A-Za-z]:(?=[\\/])", "", bare)
    ending = _FILE.fullmatch(shown)
    kind = _KINDS.get(ending[1].lower()) if ending else None
    if kind is None:
        return None
    blanks = shown.count(" ")
    score = 0.97 if blanks < 4 else 0.6
    if not remote and "/" not in shown and "\\" not in shown and _BARE_URL.fullmatch(shown) and kind == "document":
        score = 0.7
    return FileReading(part, name.removeprefix("./"), kind, remote, score)


def address_in(text: str) -> tuple[AddressReading, ...]:
    """Return the addresses in a text that holds nothing else: on the web, of mailboxes, and on platforms."""
    if len(text) > LONGEST:
        return ()
    found = tuple(_address(part) for part in text.replace(",", " ").replace(";", " ").split())
    return tuple(part for part in found if part) if all(found) else ()


def _address(part: str) -> AddressReading | None:
    link = _MARKDOWN_LINK.fullmatch(part)
    bare = (link[1] if link else part).strip("<>\"'.,")
    if bare.lower().startswith("mailto:") or _E_MAIL.fullmatch(bare):
        return AddressReading(part, "mail", 0.98)
    if _URL.fullmatch(bare):
        return AddressReading(part, "web", 0.98)
    if _HANDLE.fullmatch(bare) and not _HEX.fullmatch(bare):
        return AddressReading(part, "handle", 0.8)
    if _BARE_URL.fullmatch(bare):
        domain = bare.split("/", maxsplit=1)[0].rsplit(".", maxsplit=1)[-1].lower()
        if bare.lower().startswith("www.") or domain in _DOMAINS:
            return AddressReading(part, "web", 0.9 if "/" in bare or bare.lower().startswith("www.") else 0.75)
    return None


def approval_in(text: str) -> Approval | None:
    """Return whether a text says that something is approved; None for other words.

    A name or a day behind the word changes nothing: "Approved (Mia, 3 May)", "Freigegeben: 03.05.2027".
    """
    text = text.strip().casefold()
    if not text or len(text) > 120:
        return None
    words = _approvals()
    whole = re.sub(r"[\s_-]+", "-", text.strip(".!"))
    if whole in words:
        return words[whole]
    head = re.split(r"[(（:,;–/]|\s-\s|\bby\b|\bon\b|\bvon\b|\bam\b|\bpar\b|\ble\b|\bpor\b", text, maxsplit=1)[0]
    return words.get(re.sub(r"[\s_-]+", "-", head.strip(" .!-")))


@lru_cache(maxsize=1)
def _approvals() -> dict[str, Approval]:
    return {word: answer for answer, words in _APPROVALS.items() for word in words.casefold().split()}
