"""Folders of an instance, made once and before the files in them (Assets HTTP API)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from connectors.aem.names import DAM, address
from connectors.http.bodies import Plain
from connectors.http.session import Session
from connectors.http.terms import Terms

SEEN_AFTER_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses between looks at what was just made: an instance of several nodes shows it a little later."""
MOST_KNOWN = 10_000
MOST_NAMES = 200_000


class Folders:
    """The folders that are known to be there, and those of them that were empty. Threads share it."""

    def __init__(self, session: Session) -> None:
        self._session, self._lock = session, threading.Lock()
        self._known, self._made, self._names = set[str](), set[str](), set[int]()

    def has_never_had(self, folder: str, name: str) -> bool:
        """Return whether a folder was made here, and this name in it was not asked about before.

        Then nothing is there, and one look less is needed for each file of a first delivery.
        """
        with self._lock:
            asked = hash((folder, name))
            if folder not in self._made or asked in self._names or len(self._names) >= MOST_NAMES:
                return False
            self._names.add(asked)
            return True

    def make(self, path: str, check: Callable[[], None]) -> None:
        """Make a folder, from its absolute path, and all above it; nothing happens if they are there."""
        with self._lock:
            names = path.removeprefix(DAM).strip("/").split("/")
            for depth in range(1, len(names) + 1):
                below = "/".join(names[:depth])
                if below and below not in self._known:
                    self._make(below, names[depth - 1], check)
                    self._remember(below)

    def forget(self, path: str) -> None:
        """Forget a folder and those above it, which somebody may have removed."""
        with self._lock:
            names = path.removeprefix(DAM).strip("/").split("/")
            self._known -= {"/".join(names[:depth]) for depth in range(1, len(names) + 1)}

    def _remember(self, below: str) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known.add(below)

    def _make(self, below: str, title: str, check: Callable[[], None]) -> None:
        asked = {"class": "assetFolder", "properties": {"jcr:title": title}}
        body = Plain(json.dumps(asked).encode(), "application/json")
        for pause_s in (*SEEN_AFTER_S, None):
            answer = self._session.ask("POST", f"api/assets/{address(below)}", body, Terms(check=check))
            if answer.status == 201 and len(self._made) < MOST_KNOWN:
                self._made.add(f"{DAM}/{below}")
            if answer.status in (200, 201, 409):
                return
            if answer.status not in (404, 412):
                what = f"the folder {DAM}/{below} cannot be made ({self._session.reason(answer)})"
                raise self._session.refused(what, "let the user of the sign-in make folders there")
            if pause_s is not None:  # the folder above was made, and is not seen yet
                self._session.clock.sleep(pause_s)
        raise self._session.away(f"the folder {DAM}/{below} cannot be made yet ({answer.status})")
