"""The same layout as HTML and CSS, screenshot by a warm headless Chromium: one browser and one page for all."""

from __future__ import annotations

import html
import io
import os
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from PIL import Image

from benchmarks.peers.sheet import Sheet
from imaging.pixels.geometry import PixelBox

FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files", "--disable-extensions"]
RULES = "*{margin:0;padding:0}body{position:relative;overflow:hidden}.a,p{position:absolute}p{white-space:pre}"


def page_of(sheet: Sheet) -> str:
    """Return an HTML page of the frame's size."""
    left, top, right, bottom = sheet.crop
    box = sheet.visual
    across, down = box.width / (right - left), box.height / (bottom - top)
    facts = sheet.order.facts
    size = f"width:{facts.width_px * across:.3f}px;height:{facts.height_px * down:.3f}px"
    picture = (
        f'<div class=a style="{_placed(box)};overflow:hidden">'
        f'<img class=a src="{sheet.order.master.as_uri()}" '
        f'style="{size};left:{-left * across:.3f}px;top:{-top * down:.3f}px"></div>'
    )
    plates = "".join(
        f'<div class=a style="{_placed(box)};background:{colour};border-radius:{box.height // 4}px"></div>'
        for box, colour in sheet.plates
    )
    fonts = sorted({line.font for line in sheet.words})
    faces = "".join(f"@font-face{{font-family:f{at};src:url({Path(font).as_uri()})}}" for at, font in enumerate(fonts))
    lines = "".join(
        f'<p dir={"rtl" if line.rtl else "ltr"} style="left:{line.x}px;top:{line.y - ascent(line.font, line.size)}px;'
        f'font:{line.size}px f{fonts.index(line.font)};line-height:normal;color:{line.colour}">'
        f"{html.escape(line.text)}</p>"
        for line in sheet.words
    )
    art = f'<img class=a style="left:0;top:0" src="{sheet.art.as_uri()}">'
    return f"<!doctype html><meta charset=utf-8><style>{RULES}{faces}</style>{picture}{art}{plates}{lines}"


def _placed(box: PixelBox) -> str:
    return f"left:{box.left}px;top:{box.top}px;width:{box.width}px;height:{box.height}px"


@lru_cache(maxsize=64)
def ascent(font: str, size: int) -> int:
    """Pixels from the top of a line to its baseline."""
    from PIL import ImageFont

    return ImageFont.truetype(font, size).getmetrics()[0]


class Chromium:
    """A browser that stays open. `Chromium.missing()` says what it lacks on this machine."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "sheet.html"

    @staticmethod
    def missing() -> str | None:
        """Return what would have to be installed, if anything."""
        try:
            import playwright.sync_api  # noqa: F401
        except ImportError:
            return "playwright is not installed"
        return None if _binary() else "no Chromium on this machine"

    def __enter__(self) -> Self:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=_binary(), args=FLAGS)
        self._page: Any = self._browser.new_page()
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def shot(self, sheet: Sheet, **options: Any) -> bytes:
        """Take a screenshot once the pictures and fonts are there."""
        self.file.write_text(page_of(sheet), encoding="utf-8")
        self._page.set_viewport_size({"width": sheet.size[0], "height": sheet.size[1]})
        self._page.goto(self.file.as_uri(), wait_until="load")
        self._page.evaluate("document.fonts.ready.then(() => true)")
        return bytes(self._page.screenshot(**options))

    def render(self, sheet: Sheet, quality: int, fine: bool) -> bytes:
        """JPEG (with half-size colour) and PNG as Chromium writes them; others through Pillow, from a PNG."""
        from benchmarks.peers import plain_pillow

        form = sheet.order.placement.formats[0]
        if form == "png":
            return self.shot(sheet, type="png")
        if form == "jpeg" and not fine:
            return self.shot(sheet, type="jpeg", quality=quality)
        with Image.open(io.BytesIO(self.shot(sheet, type="png"))) as taken:
            return plain_pillow.encode(taken.convert("RGB"), form, quality, fine)


def _binary() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def descendants_seconds() -> float:
    """Processor seconds of all processes that this one started and that still run (Linux)."""
    tick, parents, spent = os.sysconf("SC_CLK_TCK"), {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        process = int(entry.parent.name)
        parents[process] = int(fields[1])
        spent[process] = sum(int(ticks) for ticks in fields[11:15]) / tick
    own = {os.getpid()}
    while new := {process for process, parent in parents.items() if parent in own and process not in own}:
        own |= new
    return sum(spent[process] for process in own - {os.getpid()})
