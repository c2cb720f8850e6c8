"""What the hosts' robots.txt allow (RFC 9309), asked for once per host and run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

AGENT = "campaign-foundry"
MOST_BYTES = 512_000
MOST_HOSTS = 500
LONGEST_DELAY_S = 30.0


@dataclass(frozen=True)
class Permission:
    """Whether an address may be asked for, and the pause between requests that its host wishes, in seconds."""

    allowed: bool
    pause_s: float = 0.0


@dataclass
class _Rules:
    """The rules of one host, None before they were asked for; "" allows everything."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    parsed: Any = None


class Robots:
    """The rules of hosts; threads may ask at once. `get` returns the text of a robots.txt, "" where there is none."""

    def __init__(self, get: Callable[[httpx2.URL], str]) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._hosts: OrderedDict[str, _Rules] = OrderedDict()

    def judge(self, url: httpx2.URL) -> Permission:
        """Return whether an address may be asked for. What `get` raises rises: without an answer nothing is allowed."""
        rules = self._rules_of(f"{url.scheme}://{url.netloc.decode('ascii')}")
        with rules.lock:
            if rules.parsed is None:
                rules.parsed = _parse(self._get(url.copy_with(raw_path=b"/robots.txt")))
        delay = min(float(rules.parsed.crawl_delay(AGENT) or 0.0), LONGEST_DELAY_S)
        return Permission(rules.parsed.can_fetch(str(url), AGENT), max(delay, 0.0))

    def _rules_of(self, origin: str) -> _Rules:
        with self._lock:
            found = self._hosts.setdefault(origin, _Rules())
            self._hosts.move_to_end(origin)
            while len(self._hosts) > MOST_HOSTS:
                self._hosts.popitem(last=False)
            return found


def _parse(text: str) -> Any:
    from protego import Protego

    return Protego.parse(text)
