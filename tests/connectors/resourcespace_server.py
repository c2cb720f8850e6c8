"""A local server of ResourceSpace's interface, as its own source does it.

Each function cites where its behaviour was read in resourcespace/resourcespace (2026):

[I] api/index.php: parameters, signature, the query that may be posted
[B] include/api_bindings.php: the functions
[F] include/api_functions.php: signatures, parameters by name
[R] include/resource_functions.php: update_field, put_resource_data, upload_file
[G] include/general_functions.php: get_checksum
[K] https://www.resourcespace.com/knowledge-base/api/
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from tests.connectors.local_vendor import Asked, LocalVendor, Route
from tests.support.moods import Reply, as_json

USER = "factory"
ACTIVE, ARCHIVED, DELETED, PENDING = 0, 2, 3, -2
BEGINNING = 50_000
CHANGES = {"create_resource", "update_field", "put_resource_data", "delete_resource", "upload_multipart"}
SEPARATORS = re.compile(r"[^0-9a-z\u0600-\u06ff]+")


@dataclass
class Resource:
    """A resource. data: its file; None before there is one. uploads: how often a file was put there."""

    ref: int
    archive: int
    fields: dict[str, str]
    data: bytes | None = None
    name: str = ""
    modified: int = 0
    uploads: int = 0


@dataclass
class ResourceSpace(LocalVendor):
    """What the server knows.

    key: the user's private key. fields: the short names of metadata fields. checksums: of nothing, as it is by default,
    of size and first 50,000 bytes, or of the whole file. limit: PHP's post_max_size; a larger request is read as if it
    held nothing. blocks_duplicates: `$file_upload_block_duplicates`. extracts: the title that every file has embedded.
    """

    key: str = "s3cret-Value-7f"
    locked: bool = False
    fields: tuple[str, ...] = ("title", "caption", "note", "foundryslot", "originalfilename")
    checksums: Literal["none", "beginning", "whole"] = "none"
    limit: int = 100_000_000
    states: tuple[int, ...] = (PENDING, -1, ACTIVE, 1, ARCHIVED, DELETED)
    blocks_duplicates: bool = False
    extracts: str = "embedded title"
    resources: dict[int, Resource] = field(default_factory=dict)
    clock: int = 1_790_000_000

    def route(self, asked: Asked) -> Route:
        """Choose the step: the function's name."""
        if asked.path.rstrip("/") == "/api":
            query = self._query(asked)
            function = dict(parse_qsl(query, keep_blank_values=True)).get("function", "")
            return function or "nothing", lambda: self._signed(asked, query)
        if asked.path == "/pages/download.php":
            return "fetch", lambda: self._fetch(asked)
        return "unknown", lambda: Reply(404, b"<html>Not Found</html>", "text/html")

    def _posted(self, asked: Asked) -> dict[str, str]:
        """PHP: beyond post_max_size nothing of the body is there."""
        if asked.method != "POST" or len(asked.body) > self.limit:
            return {}
        if asked.headers.get("content-type", "").startswith("multipart/form-data"):
            return {name: data.decode() for name, data in asked.parts.items() if name != "file"}
        return asked.form

    def _query(self, asked: Asked) -> str:
        """[I] a POST may hold the whole query as `query`."""
        return self._posted(asked).get("query", "")

    def _signed(self, asked: Asked, query: str) -> Reply:
        """[I, F] sign = sha256(private key of the user + query)."""
        posted = self._posted(asked)
        wanted = hashlib.sha256((self.key + query).encode()).hexdigest()
        if self.locked or posted.get("user") != USER or posted.get("sign") != wanted:
            return Reply(401, b"Invalid signature", "application/json")
        given = dict(parse_qsl(query, keep_blank_values=True))
        function: Callable[[dict[str, str], Asked], Any] | None = getattr(self, f"api_{given['function']}", None)
        if function is None:
            return Reply(200, b"", "application/json")
        answer = function(given, asked)
        return answer if isinstance(answer, Reply) else as_json(answer)

    # [B] functions, with parameters by their names.

    def api_create_resource(self, given: dict[str, str], _: Asked) -> Any:
        """[B] false without the right to the state; metadata as JSON, short names taken [R]."""
        archive = int(given.get("archive", 999))
        if archive not in self.states:
            return False
        ref = max(self.resources, default=0) + 1
        made = self.resources[ref] = Resource(ref, archive, {})
        for name, text in json.loads(given.get("metadata") or "{}").items():
            self._set(made, name, text)
        return ref

    def api_upload_multipart(self, given: dict[str, str], asked: Asked) -> Reply:
        """[B] 204; 400 with JSend for what it refuses, because it sets that status before it looks."""
        found, parts = self.resources.get(int(given["ref"])), asked.parts
        if given.get("no_exif") not in ("0", "1", "") or "file" not in parts or given.get("revert") is None:
            return _fail("Expected request to have file")
        if found is None:
            return _fail("Permission denied")
        same = [each.ref for each in self.resources.values() if each.data == parts["file"]]
        if self.blocks_duplicates and same:
            return _fail(f"Duplicate file upload. This file matches the following resource(s): {same}")
        self._attach(found, parts["file"], _file_name(asked.body))
        if given["no_exif"] != "1":
            self._set(found, "title", self.extracts)
        return Reply(204, b"", "application/json")

    def _attach(self, found: Resource, data: bytes, name: str) -> None:
        """[R] upload_file: one file, its name, the time in whole seconds."""
        self.clock += 1
        found.data, found.name, found.modified = data, name, self.clock
        found.uploads += 1
        self._set(found, "originalfilename", name)

    def api_update_field(self, given: dict[str, str], _: Asked) -> Any:
        """[B, R] by the field's number or short name; false for a field that is not there."""
        found = self.resources.get(int(given["resource"]))
        return found is not None and self._set(found, given["field"], given["value"])

    def _set(self, found: Resource, name: str, text: str) -> bool:
        if name not in self.fields:
            return False
        found.fields[name] = text.strip()
        return True

    def api_put_resource_data(self, given: dict[str, str], _: Asked) -> Any:
        """[R] some columns alone, the state among them."""
        found, data = self.resources.get(int(given["resource"])), json.loads(given["data"])
        if found is None or set(data) - {"archive", "access"} or int(data["archive"]) not in self.states:
            return False
        found.archive = int(data["archive"])
        return True

    def api_delete_resource(self, given: dict[str, str], _: Asked) -> Any:
        """[R] a deleted resource goes to the state "deleted"."""
        self.resources[int(given["resource"])].archive = DELETED
        return True

    def api_get_resource_data(self, given: dict[str, str], _: Asked) -> Any:
        """[B] the columns of a resource; false for none."""
        return self._columns(self.resources.get(int(given["resource"])))

    def _columns(self, found: Resource | None) -> Any:
        if found is None:
            return False
        return {
            "ref": str(found.ref), "resource_type": "1", "archive": str(found.archive), "created_by": "7",
            "file_extension": found.name.rpartition(".")[2] if found.data is not None else None,
            "file_modified": f"{found.modified}" if found.data is not None else None,
            "file_size": len(found.data) if found.data is not None else None,
            "file_checksum": self._checksum(found.data), "title": found.fields.get("title", "")[:200],
        }  # fmt: skip

    def _checksum(self, data: bytes | None) -> str | None:
        """[G] MD5 of "<size>_<first 50,000 bytes>", or of all."""
        if data is None or self.checksums == "none":
            return None
        beginning = f"{len(data)}_".encode() + data[:BEGINNING]
        return hashlib.md5(data if self.checksums == "whole" else beginning, usedforsecurity=False).hexdigest()

    def api_get_resource_field_data(self, given: dict[str, str], _: Asked) -> Any:
        """[B] every field that the user may see, with its value."""
        found = self.resources.get(int(given["resource"]))
        if found is None:
            return False
        return [
            {"ref": at, "name": name, "title": name.title(), "value": found.fields.get(name, ""), "type": 0}
            for at, name in enumerate(self.fields, 1)
        ]

    def api_do_search(self, given: dict[str, str], _: Asked) -> Any:
        """[B, K] words of fields, all of them; states as a list; fetchrows and offset as the binding does it."""
        states = [int(each) for each in given.get("archive", "0").split(",")]
        words = [each.partition(":") for each in given["search"].split()]
        found = [each for each in self.resources.values() if each.archive in states and _matches(each, words)]
        found.sort(key=lambda each: each.ref, reverse=given.get("sort", "desc") == "desc")
        offset, rows = int(given.get("offset", 0)), int(given.get("fetchrows", -1))
        return [self._columns(each) for each in found[offset : None if rows <= 0 else offset + rows]]

    def api_get_resource_path(self, given: dict[str, str], _: Asked) -> Any:
        """[B] an address with a key for a while, which is a secret; the extension is the caller's to know."""
        found = self.resources.get(int(given["ref"]))
        if found is None or found.data is None or given.get("size") != "":
            return ""
        wanted = f"ref={found.ref}&size=&ext={given['extension']}&access_key=temporary-and-secret"
        return f"{self.url}/pages/download.php?{wanted}"

    def _fetch(self, asked: Asked) -> Reply:
        found = self.resources.get(int(asked.query["ref"]))
        right = found is not None and found.data is not None and asked.query["ext"] == found.name.rpartition(".")[2]
        if not right or asked.query.get("access_key") != "temporary-and-secret":
            return Reply(404, b"<html>Not Found</html>", "text/html")
        return Reply(200, found.data or b"", "application/octet-stream")  # type: ignore[union-attr]

    # What the tests ask and do behind a client's back.

    def contents(self) -> dict[str, bytes]:
        """Return the content of each resource that is in use, by its number."""
        with self.lock:
            active = [each for each in self.resources.values() if each.archive == ACTIVE]
            return {str(each.ref): each.data or b"" for each in active}

    def change(self, ref: str) -> None:
        """Replace a file as a user does on ResourceSpace's pages."""
        with self.lock:
            self._attach(self.resources[int(ref)], b"retouched by hand", "retouched.jpg")


def _matches(found: Resource, words: list[tuple[str, str, str]]) -> bool:
    """A word is a keyword of its field, which is cut at everything that is no letter and no digit."""
    return all(word.lower() in SEPARATORS.split(found.fields.get(name, "").lower()) for name, _, word in words)


def _fail(message: str, status: int = 400) -> Reply:
    return as_json({"status": "fail", "data": {"message": message}}, status)


def _file_name(body: bytes) -> str:
    found = re.search(rb'name="file"; filename="([^"]*)"', body)
    return found[1].decode() if found else ""
