"""A local server that follows Cloudinary's published protocol, for one product environment.

Upload API (https://cloudinary.com/documentation/image_upload_api_reference): POST v1_1/:cloud/:resource_type/upload,
…/rename, …/destroy, multipart or form fields, signed (https://cloudinary.com/documentation/authentication_signatures:
SHA-1 or SHA-256, a signature is good for an hour). Chunks (https://support.cloudinary.com/hc/en-us/articles/208263735):
one X-Unique-Upload-Id, Content-Range, the first one first, the last one last, all but the last above 5 MB.
`overwrite=false` answers at once with what is there, and `existing`. Admin API
(https://cloudinary.com/documentation/admin_api): GET resources/…, Basic authentication, pages of at most 500, 420 with
X-FeatureRateLimit-Reset where an hour's requests are used up. An asset's id stays over overwriting, renaming and
changes of its delivery type; its version does not stay over overwriting.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from tests.support.misbehaving_server import Seen
from tests.support.moods import Reply
from tests.support.scripted_host import ScriptedHost, told

FIVE_MB = 5_000_000
Files = dict[str, tuple[str, bytes]]


@dataclass
class Asset:
    asset_id: str
    resource_type: str
    type: str
    public_id: str
    data: bytes
    version: int
    format: str
    tags: list[str] = field(default_factory=list)
    context: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    invalidated: int = 0

    @property
    def etag(self) -> str:
        return hashlib.md5(self.data).hexdigest()

    def told(self, **more: object) -> dict[str, Any]:
        custom = {"context": {"custom": self.context}} if self.context else {}
        return {
            "asset_id": self.asset_id, "public_id": self.public_id, "version": self.version, "format": self.format,
            "resource_type": self.resource_type, "type": self.type, "bytes": len(self.data), "etag": self.etag,
            "created_at": "2026-11-30T12:00:00Z", "tags": self.tags, "placeholder": False, "new_key_of_theirs": 1,
            "secure_url": f"https://res.cloudinary.com/demo/{self.resource_type}/{self.type}/{self.public_id}",
            **custom, **more,
        }  # fmt: skip


class CloudinaryServer:
    """`with CloudinaryServer(key, secret) as server`. assets: by resource type, delivery type and public id.

    stored_as: what becomes of the bytes of an upload, for accounts whose presets change them.
    """

    def __init__(self, key: str, secret: str, cloud: str = "demo") -> None:
        self.key, self.secret, self.cloud = key, secret, cloud
        self.host = ScriptedHost(self.answer, self.step_of)
        self.assets: dict[tuple[str, str, str], Asset] = {}
        self.chunks: dict[str, bytearray] = {}
        self.page, self.least_chunk = 500, FIVE_MB
        self.versions, self.ids = 1_700_000_000, 0
        self.stored_as = lambda data: data
        self.algorithms: set[str] = set()

    def __enter__(self) -> Self:
        self.host.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.stop()

    @staticmethod
    def step_of(seen: Seen) -> str:
        parts = urlsplit(seen.path).path.split("/")[3:]
        if parts[0] == "resources":
            return "list" if parts[2:3] in (["tags"], ["context"]) else "resource"
        return "chunk" if "content-range" in seen.headers else parts[-1]

    def answer(self, seen: Seen) -> Reply:
        path = [unquote(part) for part in urlsplit(seen.path).path.split("/")[1:]]
        if path[:2] != ["v1_1", self.cloud]:
            return self._wrong(404, "cloud_name mismatch")
        with self.host.lock:
            if path[2] == "resources":
                return self._admin(seen, path[3:])
            return self._upload_api(seen, path[2], path[3])

    @staticmethod
    def _wrong(status: int, message: str, **headers: str) -> Reply:
        return told(status, json.dumps({"error": {"message": message}}).encode(), **headers)

    @staticmethod
    def _good(content: object) -> Reply:
        return told(200, json.dumps(content).encode(), X_Request_Id=f"req-{time.monotonic_ns()}")

    # Upload API.

    def _upload_api(self, seen: Seen, resource_type: str, action: str) -> Reply:
        fields, files = fields_of(seen)
        if (wrong := self._judge_signature(fields)) is not None:
            return wrong
        if action == "upload":
            return self._upload(seen, resource_type, fields, files)
        if action == "rename":
            return self._rename(resource_type, fields)
        if action == "destroy":
            gone = self.assets.pop((resource_type, fields.get("type", "upload"), fields["public_id"]), None)
            return self._good({"result": "ok" if gone else "not found"})
        return self._wrong(404, f"unknown action {action}")

    def _judge_signature(self, fields: dict[str, str]) -> Reply | None:
        sent = {name: text for name, text in fields.items() if name not in ("api_key", "signature", "file")}
        if fields.get("api_key") != self.key:
            return self._wrong(401, "unknown api_key")
        if abs(time.time() - float(fields.get("timestamp", 0))) > 3_600:
            return self._wrong(400, "Stale request - reported time is more than 1 hour ago")
        text = "&".join(sorted(f"{name}={value}".replace("&", "%26") for name, value in sent.items()))
        algorithm = "sha256" if len(fields.get("signature", "")) == 64 else "sha1"
        self.algorithms.add(algorithm)
        if hashlib.new(algorithm, f"{text}{self.secret}".encode()).hexdigest() != fields.get("signature"):
            return self._wrong(401, f"Invalid Signature. String to sign - '{text}'.")
        return None

    def _upload(self, seen: Seen, resource_type: str, fields: dict[str, str], files: Files) -> Reply:
        name, data = files["file"]
        public_id = fields.get("public_id") or hashlib.md5(seen.body).hexdigest()
        key = (resource_type, fields.get("type", "upload"), public_id)
        if key in self.assets and fields.get("overwrite") in ("false", "0"):
            return self._good(self.assets[key].told(existing=True))
        if "content-range" in seen.headers:
            whole = self._chunk(seen, data)
            if isinstance(whole, Reply):
                return whole
            if whole is None:
                return self._good({"done": False, "public_id": public_id, "kind": "upload"})
            data = whole
        if not data:
            return self._wrong(400, "Empty file")
        return self._good(self._store(key, self.stored_as(data), name, fields).told(done=True))

    def _chunk(self, seen: Seen, data: bytes) -> bytes | Reply | None:
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", seen.headers["content-range"])
        upload = seen.headers.get("x-unique-upload-id", "")
        if not found or not upload:
            return self._wrong(400, "Invalid Content-Range or missing X-Unique-Upload-Id")
        start, stop, total = (int(number) for number in found.groups())
        if len(data) != stop - start + 1 or (stop + 1 < total and len(data) <= self.least_chunk):
            return self._wrong(400, "EntityTooSmall")
        if start == 0:
            self.chunks[upload] = bytearray()
        there = self.chunks.get(upload)
        if there is None or start > len(there):
            return self._wrong(400, "Invalid upload id or missing chunk")
        there[start : stop + 1] = data
        if stop + 1 < total:
            return None
        return bytes(self.chunks.pop(upload))

    def _store(self, key: tuple[str, str, str], data: bytes, name: str, fields: dict[str, str]) -> Asset:
        resource_type, kind, public_id = key
        before, extension = self.assets.get(key), name.rpartition(".")[2]
        self.versions += 1
        if before is None:
            self.ids += 1
        self.assets[key] = Asset(
            asset_id=before.asset_id if before else hashlib.md5(f"{self.ids}".encode()).hexdigest(),
            resource_type=resource_type,
            type=kind,
            public_id=public_id,
            data=data,
            version=self.versions,
            format="" if resource_type == "raw" else {"jpeg": "jpg"}.get(extension, extension),
            tags=[tag for tag in fields.get("tags", "").split(",") if tag],
            context=pairs_of(fields.get("context", "")),
            metadata=pairs_of(fields.get("metadata", "")),
            invalidated=(before.invalidated if before else 0) + (fields.get("invalidate") in ("true", "1")),
        )
        return self.assets[key]

    def _rename(self, resource_type: str, fields: dict[str, str]) -> Reply:
        old = (resource_type, fields.get("type", "upload"), fields["from_public_id"])
        new = (resource_type, fields.get("to_type", old[1]), fields["to_public_id"])
        if old not in self.assets:
            return self._wrong(404, f"Resource not found - {old[2]}")
        if new in self.assets and fields.get("overwrite") not in ("true", "1"):
            return self._wrong(400, "to_public_id already exists")
        asset = self.assets[new] = self.assets.pop(old)
        asset.type, asset.public_id = new[1], new[2]
        asset.invalidated += fields.get("invalidate") in ("true", "1")
        return self._good(asset.told())

    # Admin API.

    def _admin(self, seen: Seen, path: list[str]) -> Reply:
        pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        if seen.headers.get("authorization") != f"Basic {pair}":
            return self._wrong(401, "Invalid credentials")
        query = {name: values[-1] for name, values in parse_qs(urlsplit(seen.path).query).items()}
        if len(path) == 1:
            found = [asset for asset in self.assets.values() if asset.asset_id == path[0]]
        elif path[1] == "tags":
            return self._listed([each for each in self._of(path[0]) if "/".join(path[2:]) in each.tags], query)
        elif path[1] == "context":
            key, value = query["key"], query.get("value")
            kept = [each for each in self._of(path[0]) if key in each.context and value in (None, each.context[key])]
            return self._listed(kept, query)
        else:
            found = [asset for asset in [self.assets.get((path[0], path[1], "/".join(path[2:])))] if asset]
        return self._good(found[0].told()) if found else self._wrong(404, f"Resource not found - {'/'.join(path)}")

    def _of(self, resource_type: str) -> list[Asset]:
        return [asset for asset in self.assets.values() if asset.resource_type == resource_type]

    def _listed(self, assets: list[Asset], query: dict[str, str]) -> Reply:
        start = int(query.get("next_cursor", "0"))
        size = min(int(query.get("max_results", "10")), self.page)
        told_of = [{name: value for name, value in each.told().items() if name != "etag"} for each in assets]
        if query.get("context") != "true":
            for each in told_of:
                each.pop("context", None)
        more = {"next_cursor": str(start + size)} if start + size < len(assets) else {}
        return self._good({"resources": told_of[start : start + size], **more})


def fields_of(seen: Seen) -> tuple[dict[str, str], Files]:
    """Return the fields and the files of a form. Repeated names `x[]` are one list, joined by commas."""
    kind = seen.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(seen.body.decode(), keep_blank_values=True)), {}
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    fields: dict[str, str] = {}
    files: Files = {}
    for part in seen.body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        told_of = head.decode()
        name = re.search(r'[; ]name="([^"]*)"', told_of)
        file_name = re.search(r'filename="([^"]*)"', told_of)
        assert name
        assert content.endswith(b"\r\n")
        if file_name:
            files[name[1]] = (file_name[1], content[:-2])
        else:
            fields[name[1]] = content[:-2].decode()
    return fields, files


def pairs_of(text: str) -> dict[str, str]:
    """Return the pairs of a context: `key=value|key=value`; a backslash takes its meaning from the mark after it."""
    pairs, part, parts = [], "", []
    letters = iter(text + "|")
    for letter in letters:
        if letter == "\\":
            part += next(letters, "")
        elif letter == "=" and not parts:
            parts, part = [part], ""
        elif letter == "|":
            pairs.append((*parts, part))
            parts, part = [], ""
        else:
            part += letter
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
