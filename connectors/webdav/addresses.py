"""Paths of a target and their addresses on its server."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

import httpx2

_NEXTCLOUD = re.compile(r"(?P<dav>.*/remote\.php/dav)/files/(?P<user>[^/]+)/")


class Addresses:
    """The addresses below a target's own. A path is plain; the address of a folder ends with a slash."""

    def __init__(self, home: httpx2.URL) -> None:
        self.home = home
        self._root = unquote(home.path).rstrip("/") + "/"
        self._raw_root = home.raw_path.partition(b"?")[0]
        self.file = lru_cache(1_000)(self._file)  # a sending asks for one address several times

    def _file(self, path: str) -> httpx2.URL:
        """Return the address of a file."""
        return self.home.copy_with(raw_path=self._raw_root + quote(path, safe="/~").encode("ascii"))

    def folder(self, path: str) -> httpx2.URL:
        """Return the address of a folder; of the target itself for ""."""
        return self.file(f"{path}/") if path else self.home

    def path(self, href: str) -> str | None:
        """Return the path that a `DAV:href` names, without a slash at its end; None outside the target.

        A href is an absolute address or an absolute path (RFC 4918, 8.3), and servers escape it as they like.
        """
        try:
            told = unquote(self.home.join(href).path)
        except (httpx2.InvalidURL, ValueError):
            return None
        if not told.startswith(self._root):
            return "" if f"{told}/" == self._root else None
        path = told.removeprefix(self._root).rstrip("/")
        return None if any(part in ("", ".", "..") for part in path.split("/")) and path else path

    @property
    def is_owncloud_like(self) -> bool:
        """True for the addresses of Nextcloud and ownCloud, which have checksums of their own."""
        return "/remote.php/" in self.home.path or "/dav/files/" in self.home.path or "/dav/spaces/" in self.home.path

    def upload(self, name: str) -> httpx2.URL | None:
        """Return the address of a folder for the chunks of one upload; None where there are no such folders.

        Nextcloud's developer manual, "Chunked file upload", v2: `<server>/remote.php/dav/uploads/<user>/<name>`.
        """
        found = _NEXTCLOUD.match(self.home.path)
        if not found:
            return None
        return self.home.join(f"{found['dav']}/uploads/{quote(found['user'])}/{quote(name)}/")
