"""A server on this machine that plays one vendor's interface, misbehaves on demand, and can be away and come back."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.misbehaving_server import Seen
from tests.support.moods import NOT_SENT, Mood, Reply, as_json
from tests.support.scripted_host import ScriptedHost

MOST_KEPT = 65_536
_NAME = re.compile(rb'[; ]name="([^"]*)"')


@dataclass(frozen=True)
class Asked:
    """A request as a vendor reads it. query: the parameters of the address; the last one of a name counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body (application/x-www-form-urlencoded)."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @cached_property
    def parts(self) -> dict[str, bytes]:
        """The parts of a multipart body by their names (RFC 7578), in their order."""
        boundary = self.headers.get("content-type", "").partition("boundary=")[2].strip('"')
        pieces = (b"\r\n" + self.body).split(f"\r\n--{boundary}".encode())[1:-1]
        heads = [piece.partition(b"\r\n\r\n") for piece in pieces]
        return {_NAME.findall(head)[0].decode(): body for head, _, body in heads}


Route = tuple[str, Callable[[], Reply]]
"""The step that a request is, by which moods are ordered, and its good answer."""


@dataclass
class LocalVendor:
    """`with Vendor() as vendor`: listens on a free port of 127.0.0.1 until the block ends. Subclasses give `route`.

    Stopped and started again, it is the same server on the same port, with what it had. counts: requests by step.
    """

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Take a port."""
        self.host = ScriptedHost(self._answer, lambda seen: self.route(_asked(seen))[0], MOST_KEPT)

    def route(self, asked: Asked) -> Route:
        """Return the step that a request is, and what a good answer does and says."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The address, which stays."""
        return self.host.url

    @property
    def seen(self) -> list[Asked]:
        """All requests, without large bodies."""
        return [_asked(each) for each in self.host.seen]

    def will(self, step: str, *moods: Mood) -> None:
        """Answer the next requests of a step in these moods."""
        self.host.will(step, *moods)

    def start(self) -> None:
        """Listen."""
        self.host.start()

    def stop(self) -> None:
        """Answer nothing any more; connections that are open are cut."""
        self.host.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answer(self, seen: Seen) -> Reply:
        step, work = self.route(_asked(seen))
        with self.lock:
            self.counts[step] += 1
            return work()


def storm(count: int) -> list[Mood]:
    """So many answers that say "too many requests", without a word of when to come again."""
    return [lambda _: Reply(429, b"", "text/plain")] * count


def away(status: int = 503) -> Mood:
    """An outage before anything was done."""
    return lambda _: Reply(status, b"<html>out of order</html>", "text/html")


def done_then_away(work: Callable[[], Reply]) -> Reply:
    """The work is done, and a gateway in front gives up: 504."""
    work()
    return Reply(504, b"<html>gateway time-out</html>", "text/html")


def cut_before(_: Callable[[], Reply]) -> Reply:
    """The connection is cut before anything was done."""
    return Reply(200, b"", sent=NOT_SENT)


def unknown(asked: Asked) -> Route:
    """What a server says of a request that it has no step for."""
    return "unknown", lambda: as_json({"message": f"no {asked.method} {asked.path}", "statuscode": 404}, 404)


def _asked(seen: Seen) -> Asked:
    url = urlsplit(seen.path)
    return Asked(seen.method, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), seen.headers, seen.body)
