"""A page in a real Chromium, and everything that it said or asked of the network."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 60
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def opened(page_at: Path | str, *, width: int = 1280, height: int = 900) -> Iterator[tuple[Any, list[str]]]:
    """The page of a file on disk or of an address, and its console lines, errors and requests to the network."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "mark the test with `browser`"
    noise: list[str] = []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: noise.append(request.url) if request.url.startswith("http") else None)
        page.goto(page_at.as_uri() if isinstance(page_at, Path) else page_at)
        yield page, noise
        browser.close()


def wait_until(page: Any, condition: str) -> None:
    """Return when an expression of the page is true. Unlike Playwright's own waiting, it asks nothing of its policy."""
    ends = time.monotonic() + PATIENCE_S
    while not page.evaluate(condition):
        assert time.monotonic() < ends, f"waited {PATIENCE_S} s for {condition}"
        page.wait_for_timeout(20)
