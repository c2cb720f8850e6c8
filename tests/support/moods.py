"""Answers of the misbehaving server, and the moods that spoil them."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

NOT_SENT = -1


@dataclass(frozen=True)
class Reply:
    """An answer; `sent` bytes of the body go out before the connection is cut: all of it, or NOT_SENT at all.

    With `pause_s` the body goes out in twenty pieces, each that long after the other.
    """

    status: int
    body: bytes
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    sent: int | None = None
    pause_s: float = 0


Mood = Callable[[Callable[[], Reply]], Reply]
"""Takes the good answer, which bills when it is called, and gives the one that is sent."""


def as_json(content: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(content).encode())


def good(answer: Callable[[], Reply]) -> Reply:
    return answer()


def refusing(status: int, code: str = "", message: str = "", **headers: str) -> Mood:
    """An error object in OpenAI's shape; `retry_after` becomes a header."""
    told = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return lambda _: replace(as_json({"error": {"code": code, "message": message}}, status), headers=told)


def slow(seconds: float) -> Mood:
    def mood(answer: Callable[[], Reply]) -> Reply:
        time.sleep(seconds)
        return answer()

    return mood


def together(count: int) -> list[Mood]:
    """So many answers, none of which is given before all have been asked for."""
    meeting = threading.Barrier(count)

    def mood(answer: Callable[[], Reply]) -> Reply:
        meeting.wait(timeout=30)
        return answer()

    return [mood] * count


def trickling(pause_s: float) -> Mood:
    return lambda answer: replace(answer(), pause_s=pause_s)


def cut_in_half(answer: Callable[[], Reply]) -> Reply:
    whole = answer()
    return replace(whole, sent=len(whole.body) // 2)


def lost(answer: Callable[[], Reply]) -> Reply:
    """The work is done and billed, and the answer never arrives."""
    return replace(answer(), sent=NOT_SENT)


def saying(body: bytes, kind: str) -> Mood:
    return lambda answer: replace(answer(), body=body, kind=kind)


def redirecting(location: str) -> Mood:
    return lambda _: Reply(302, b"", "text/plain", (("Location", location),))


def job(**content: object) -> Mood:
    return lambda _: as_json(content)


def png(pixels: np.ndarray[Any, Any], **saving: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", **saving)
    return stream.getvalue()


def painted(words: str, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A gradient whose colours follow from the words; within a screen's limits."""
    chance = np.random.default_rng(list(hashlib.sha256(words.encode()).digest()))
    first, second = chance.random(3) * 0.3 + 0.6, chance.random(3) * 0.3 + 0.3
    share = np.linspace(0, 1, height)[:, None, None]
    line = np.linspace(0.9, 1.05, width)[None, :, None]
    made = np.clip((first * (1 - share) + second * share) * line, 0, 1)
    return np.rint(made * 255).astype(np.uint8)
