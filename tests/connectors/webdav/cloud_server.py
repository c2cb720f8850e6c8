"""Nextcloud and ownCloud as their WebDAV is described, in memory.

Nextcloud: developer manual, "Basic APIs" (special headers) and "Chunked file upload" (version 2), and what
apps/dav/lib does: `X-Hash` at PUT gives a hash of what was written, PATCH with `X-Recalculate-Hash` one of what is
stored, `OC-Checksum` is kept as it was told. ownCloud 10: `OC-Checksum` is compared, and SHA-1, MD5 and Adler-32 are
told by PROPFIND. Conditions are sabre/dav's: `If-Match` and `If-None-Match` of the address that is asked, lists of `If`
for any other.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.misbehaving_server import Seen
from tests.support.moods import Reply
from tests.support.scripted_host import told

USER = "dam"
FILES, UPLOADS = f"/remote.php/dav/files/{USER}", f"/remote.php/dav/uploads/{USER}"
_FEATURES = {
    "nextcloud": "1, 3, extended-mkcol, access-control, nextcloud-checksum-update, nc-calendar-search",
    "owncloud": "1, 3, extended-mkcol",
}
_PROPERTY = re.compile(r'<p:[^>]+ xmlns:p="[^"]+">[^<]*</p:[^>]+>')
_CONDITION = re.compile(r'<([^>]+)>\s*\(\["([^"]*)"\]\)')


@dataclass
class Stored:
    """A file: its bytes, its tag, and what was told of it."""

    data: bytes
    etag: str
    checksums: str = ""
    properties: str = ""


@dataclass
class Cloud:
    """The server's state. damages: changes bytes on their way to the disk. dropped: uploads whose folders went away."""

    kind: Literal["nextcloud", "owncloud"]
    password: str = ""
    files: dict[str, Stored] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {"", "/"})
    uploads: dict[str, dict[str, bytes]] = field(default_factory=dict)
    damages: Callable[[bytes], bytes] = lambda data: data
    computes: bool = True
    _count: int = 0

    def answer(self, seen: Seen) -> Reply:
        if seen.method != "OPTIONS" and not self._may(seen):
            return told(401, b"who are you?")
        if int(seen.headers.get("content-length", "0")) != len(seen.body):
            return told(400, b"a body that was cut")
        path = unquote(urlsplit(seen.path).path)
        if path.startswith(UPLOADS):
            return self._upload(seen, path.removeprefix(UPLOADS).strip("/"))
        return self._file(seen, path.removeprefix(FILES).strip("/"))

    def _may(self, seen: Seen) -> bool:
        word = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        return seen.headers.get("authorization") == f"Basic {word}"

    def _file(self, seen: Seen, path: str) -> Reply:
        if seen.method == "OPTIONS":
            return told(200, DAV=_FEATURES[self.kind])
        if not self._conditions_hold(seen, path):
            return told(412)
        does = {"MKCOL": self._mkcol, "PUT": self._put, "GET": self._get, "PROPFIND": self._propfind}
        does |= {"MOVE": self._move, "DELETE": self._delete, "PATCH": self._patch, "PROPPATCH": self._proppatch}
        return does[seen.method](seen, path)

    def _conditions_hold(self, seen: Seen, path: str) -> bool:
        here = self.files.get(path)
        if (match := seen.headers.get("if-match")) and (here is None or match.strip('"') != here.etag):
            return False
        if seen.headers.get("if-none-match") == "*" and here is not None:
            return False
        for address, tag in _CONDITION.findall(seen.headers.get("if", "")):
            there = self.files.get(_path_of(address))
            if there is None or there.etag != tag:
                return False
        return True

    def _mkcol(self, seen: Seen, path: str) -> Reply:
        if path in self.folders:
            return told(405)
        if path.rpartition("/")[0] not in self.folders:
            return told(409)
        self.folders.add(path)
        return told(201)

    def _put(self, seen: Seen, path: str) -> Reply:
        if path.rpartition("/")[0] not in self.folders:
            return told(409)
        claimed = seen.headers.get("oc-checksum", "")
        if self.kind == "owncloud" and claimed and claimed.lower() not in _checksums(seen.body).lower():
            return told(400, b"The computed checksum does not match the one received from the client.")
        status = 204 if path in self.files else 201
        self._store(path, seen.body, claimed)
        headers = {"OC_ETag": f'"{self.files[path].etag}"', "ETag": f'"{self.files[path].etag}"', "OC_FileId": "7oc"}
        if self.kind == "nextcloud" and self.computes and seen.headers.get("x-hash") == "sha256":
            headers["X_Hash_SHA256"] = hashlib.sha256(seen.body).hexdigest()
        return told(status, **headers)

    def _store(self, path: str, data: bytes, claimed: str) -> None:
        self._count += 1
        kept = self.damages(data)
        checksums = claimed if self.kind == "nextcloud" or not self.computes else _checksums(data)
        self.files[path] = Stored(kept, f"tag{self._count:06}", checksums)

    def _get(self, seen: Seen, path: str) -> Reply:
        if path not in self.files:
            return told(404)
        return told(200, self.files[path].data, ETag=f'"{self.files[path].etag}"')

    def _patch(self, seen: Seen, path: str) -> Reply:
        if self.kind != "nextcloud" or not self.computes or path not in self.files:
            return told(405)
        kind = seen.headers["x-recalculate-hash"]
        found = f"{kind.upper()}:{hashlib.new(kind, self.files[path].data).hexdigest()}"
        self.files[path].checksums = found
        return told(204, OC_Checksum=found)

    def _proppatch(self, seen: Seen, path: str) -> Reply:
        self.files[path].properties = "".join(_PROPERTY.findall(seen.body.decode()))
        return _multistatus(_described(f"{FILES}/{path}", ""))

    def _delete(self, seen: Seen, path: str) -> Reply:
        return told(204 if self.files.pop(path, None) else 404)

    def _move(self, seen: Seen, path: str) -> Reply:
        to = _path_of(seen.headers["destination"])
        if path not in self.files:
            return told(404)
        if to in self.files and seen.headers.get("overwrite") == "F":
            return told(412)
        if to.rpartition("/")[0] not in self.folders:
            return told(409)
        self.files[to] = self.files.pop(path)
        return told(201)

    def _propfind(self, seen: Seen, path: str) -> Reply:
        if path not in self.files and path not in self.folders:
            return told(404)
        listed = [path]
        if seen.headers["depth"] == "1":
            everything = [*self.files, *self.folders]
            listed += [each for each in everything if each not in ("", "/") and each.rpartition("/")[0] == path]
        told_of = "".join(self._response(each) for each in listed)
        return _multistatus(told_of)

    def _response(self, path: str) -> str:
        here = self.files.get(path)
        if here is None:
            return _described(f"{FILES}/{path}/", "<d:resourcetype><d:collection/></d:resourcetype>")
        sums = f"<oc:checksums><oc:checksum>{escape(here.checksums)}</oc:checksum></oc:checksums>"
        size = f"<d:getcontentlength>{len(here.data)}</d:getcontentlength>"
        etag = f'<d:getetag>"{here.etag}"</d:getetag>'
        return _described(f"{FILES}/{path}", f"<d:resourcetype/>{etag}{size}{sums}{here.properties}")

    def _upload(self, seen: Seen, path: str) -> Reply:
        upload, _, chunk = path.partition("/")
        if seen.method != "PROPFIND" and "destination" not in seen.headers:
            return told(400, b"no Destination")
        if seen.method == "MKCOL":
            status = 405 if upload in self.uploads else 201
            self.uploads.setdefault(upload, {})
            return told(status)
        if upload not in self.uploads:
            return told(404)
        if seen.method == "PROPFIND":
            return self._chunks(upload)
        if seen.method == "PUT":
            return self._chunk(upload, chunk, seen.body)
        assert (seen.method, chunk) == ("MOVE", ".file")
        return self._assemble(seen, upload)

    def _chunk(self, upload: str, name: str, data: bytes) -> Reply:
        if not (name.isdecimal() and 1 <= int(name) <= 10_000):
            return told(400, b"Invalid chunk name, must be numeric between 1 and 10000")
        self.uploads[upload][name] = data
        return told(201)

    def _chunks(self, upload: str) -> Reply:
        at = f"{UPLOADS}/{upload}"
        inside = _described(f"{at}/", "<d:resourcetype><d:collection/></d:resourcetype>")
        for name, data in self.uploads[upload].items():
            size = f"<d:getcontentlength>{len(data)}</d:getcontentlength>"
            inside += _described(f"{at}/{name}", f"{size}<d:resourcetype/>")
        return _multistatus(inside)

    def _assemble(self, seen: Seen, upload: str) -> Reply:
        data = b"".join(self.uploads[upload][name] for name in sorted(self.uploads[upload]))
        to = _path_of(seen.headers["destination"])
        if seen.headers.get("oc-total-length", str(len(data))) != str(len(data)):
            return told(400, f"Chunks on server do not sum up but to {len(data)} bytes".encode())
        if to in self.files and seen.headers.get("overwrite") == "F":
            return told(412)
        if not self._conditions_hold(seen, f"uploads/{upload}"):
            return told(412)
        status = 204 if to in self.files else 201
        self._store(to, data, "")
        del self.uploads[upload]
        return told(status, OC_ETag=f'"{self.files[to].etag}"')


def _path_of(address: str) -> str:
    return unquote(urlsplit(address).path).removeprefix(FILES).strip("/")


def _checksums(data: bytes) -> str:
    sha1, md5 = hashlib.sha1(data).hexdigest(), hashlib.md5(data).hexdigest()
    return f"SHA1:{sha1} MD5:{md5} ADLER32:{zlib.adler32(data):08x}"


def _described(href: str, properties: str) -> str:
    found = f"<d:propstat><d:prop>{properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
    return f"<d:response><d:href>{escape(href)}</d:href>{found}</d:response>"


def _multistatus(responses: str) -> Reply:
    names = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"'
    body = f'<?xml version="1.0"?><d:multistatus {names}>{responses}</d:multistatus>'.encode()
    return Reply(207, body, "application/xml; charset=utf-8")
