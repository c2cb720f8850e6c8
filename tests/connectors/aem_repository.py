"""The repository behind the local AEM: folders, assets with their versions, and uploads that have begun.

It follows what Adobe publishes of its interfaces (docs/delivery.md names the pages). Where an instance does a thing
later than it answers, so does this one: `unseen` and `processing` say how many looks later.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NAMESPACES = {"dc", "dam", "jcr", "prism", "xmp", "xmpRights", "xmpMM", "tiff", "exif", "photoshop", "cq", "sling"}
FOLDER_FORBIDS, ASSET_FORBIDS = re.compile(r"[/:\[\]|*\\.%;#+?^{}\s\"&]"), re.compile(r"[/:\[\]|*\\#%{}?&]")
SLING_DATE = "%a %b %d %Y %H:%M:%S GMT%z"
MIN_PART, MAX_PART = 1_000_000, 4_000_000


class Refused(Exception):
    """An answer that is no success: its status and its words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status, self.words = status, words


@dataclass
class Asset:
    """A dam:Asset. looks: how often it was read since its bytes changed. state: of what is computed of the bytes."""

    data: bytes
    mime_type: str
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    versions: list[bytes] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    looks: int = 0
    state: str = "processing"


@dataclass
class Upload:
    """An upload between initiation and completion. parts: by the number of its URI, in the order of arrival."""

    path: str
    size: int
    uris: int
    parts: dict[int, bytes] = field(default_factory=dict)
    expired: bool = False


@dataclass
class Repository:
    """What the instance holds, and how late it shows it. direct: it has binary uploads to a blob store.

    unseen: looks at a new asset, or tries at a new folder, that find nothing yet. processing: looks until the SHA-1 is
    that of the bytes. hashes: it computes SHA-1 at all. tells_state: it says that it is still processing.
    most_uris, spoil, complete_uri: the parts that it offers; what it answers instead of what is right.
    """

    direct: bool = True
    unseen: int = 0
    hashes: bool = True
    tells_state: bool = True
    processing: Callable[[str], int] = lambda path: 0
    most_uris: int = 10_000
    spoil: dict[str, Any] = field(default_factory=dict)
    complete_uri: str = ""
    folders: dict[str, int] = field(default_factory=lambda: {"/content/dam": 99})
    assets: dict[str, Asset] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    chunks: dict[str, bytearray] = field(default_factory=dict)

    def make_folder(self, path: str) -> None:
        """POST /api/assets/…: 409 if it is there, 412 if its parent is not."""
        parent, _, name = path.rpartition("/")
        if FOLDER_FORBIDS.search(name):
            raise Refused(500, f"{name} is no legal name")
        if path in self.folders:
            raise Refused(409, "exists")
        if parent not in self.folders:
            raise Refused(412, "the parent does not exist")
        self.folders[path] = 0

    def see_folder(self, path: str) -> None:
        """Raise 404 for a folder that is not there, or not yet seen."""
        if path not in self.folders:
            raise Refused(404, f"no resource at {path}")
        self.folders[path] += 1
        if self.folders[path] <= self.unseen:
            raise Refused(404, f"no resource at {path} yet")

    def initiate(self, folder: str, files: list[tuple[str, int]], blobs: str) -> dict[str, Any]:
        """Return the answer to initiateUpload.json."""
        self.see_folder(folder)
        if not self.direct:
            return {"status.code": 200}
        if len(files) > 100 or not files:
            raise Refused(400, "1 to 100 files")
        made = []
        for name, size in files:
            if ASSET_FORBIDS.search(name) or size < 1:
                raise Refused(400, f"{name} of {size} bytes")
            token, uris = uuid.uuid4().hex, min(max(2, -(-size // MIN_PART) + 3), self.most_uris)
            self.uploads[token] = Upload(f"{folder}/{name}", size, uris)
            parts = [f"{blobs}/{token}/{number}?sig=signature-{token}" for number in range(uris)]
            made.append({"fileName": name, "mimeType": "image/jpeg", "uploadToken": token, "uploadURIs": parts,
                         "minPartSize": MIN_PART, "maxPartSize": MAX_PART} | self.spoil)  # fmt: skip
        return {
            "completeURI": self.complete_uri or f"{folder}.completeUpload.json",
            "folderPath": folder,
            "files": made,
        }

    def put_part(self, token: str, number: int, data: bytes) -> None:
        """PUT to an upload URI: 403 once it has expired. Parts may come in any order, as Adobe's client sends them."""
        upload = self.uploads.get(token)
        if upload is None or upload.expired:
            raise Refused(403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        if len(data) > MAX_PART:
            raise Refused(413, "the part is too large")
        upload.parts[number] = data

    def complete(self, folder: str, form: dict[str, str]) -> None:
        """POST to completeURI: the asset is there, or is a new version; a token is good once."""
        upload = self.uploads.pop(form.get("uploadToken", ""), None)
        path = f"{folder}/{form.get('fileName')}"
        if upload is None or upload.path != path:
            raise Refused(400, "no such upload")
        parts = [upload.parts[number] for number in sorted(upload.parts)]
        data, short = b"".join(parts), any(len(part) < MIN_PART for part in parts[:-1])
        if (
            sorted(upload.parts) != list(range(len(parts)))
            or short
            or not len(data) == upload.size == int(form["fileSize"])
        ):
            raise Refused(400, f"{len(data)} bytes of {upload.size}")
        if path in self.assets and form.get("createVersion") != "true" and form.get("replace") == "true":
            del self.assets[path]
        self.store(path, data, form.get("mimeType", ""), version=form.get("createVersion") == "true")

    def store(self, path: str, data: bytes, mime_type: str, *, version: bool) -> None:
        """Give an asset new bytes; its id and its metadata stay."""
        asset = self.assets.get(path)
        if asset is None:
            asset = self.assets[path] = Asset(data, mime_type)
        else:
            if version:
                asset.versions.append(asset.data)
            asset.data, asset.mime_type, asset.looks = data, mime_type, self.unseen
            asset.state = "processing" if self.tells_state else "processed"
        self._process(path, asset)

    def chunk(self, folder: str, name: str, data: bytes, place: tuple[int, int, int] | None) -> bool:
        """Take what the create-asset servlet was sent; place: offset, length, length of the file. True: it is whole."""
        self.see_folder(folder)
        path = f"{folder}/{name}"
        offset, length, size = place or (0, len(data), len(data))
        if offset == 0:
            self.chunks[path] = bytearray()
        held = self.chunks.get(path)
        if held is None or len(held) != offset or len(data) != length:
            raise Refused(500, f"a chunk at {offset}, {len(held or b'')} bytes are here")
        held += data
        if len(held) < size:
            return False
        self.store(path, bytes(self.chunks.pop(path)), "image/jpeg", version=False)
        return True

    def seen(self, path: str) -> Asset:
        """Return an asset that a look finds; 404 otherwise."""
        asset = self.assets.get(path)
        if asset is None:
            raise Refused(404, f"no resource at {path}")
        asset.looks += 1
        if asset.looks <= self.unseen:
            raise Refused(404, f"no resource at {path} yet")
        self._process(path, asset)
        return asset

    def _process(self, path: str, asset: Asset) -> None:
        if self.hashes and asset.looks - self.unseen >= self.processing(path):
            asset.metadata["dam:sha1"] = hashlib.sha1(asset.data).hexdigest()
            asset.metadata["dam:size"], asset.state = len(asset.data), "processed"

    def describe(self, path: str) -> dict[str, Any]:
        """Return an asset as Sling writes its node to depth 2."""
        asset = self.seen(path)
        content = {"jcr:primaryType": "dam:AssetContent", "dam:assetState": asset.state, "metadata": asset.metadata}
        return {"jcr:primaryType": "dam:Asset", "jcr:uuid": asset.uuid, "jcr:content": content}

    def write(self, path: str, form: list[tuple[str, str]]) -> None:
        """Take what Sling's POST servlet takes on the metadata of an asset: all or nothing."""
        asset = self.seen(path)
        hints = {name.removesuffix("@TypeHint"): value for name, value in form if name.endswith("@TypeHint")}
        made = dict(asset.metadata)
        for name in {name.removesuffix("@Delete") for name, _ in form if name.endswith("@Delete")}:
            made.pop(name, None)
        for name in dict.fromkeys(name for name, _ in form if "@" not in name and name not in ("_charset_", ":status")):
            prefix = name.partition(":")[0] if ":" in name else "dc"
            if prefix not in NAMESPACES:
                raise Refused(500, f"javax.jcr.NamespaceException: {prefix}")
            values = [typed(value, hints.get(name, "")) for at, value in form if at == name]
            made[name] = values if hints.get(name, "").endswith("[]") else values[-1]
        asset.metadata = made

    def query(self, wanted: dict[str, str]) -> dict[str, Any]:
        """Answer Query Builder's servlet, for assets below a path with a property that is there or has a value."""
        found = [each for each in sorted(self.assets) if self._matches(each, wanted)]
        start, limit = int(wanted.get("p.offset", 0)), int(wanted.get("p.limit", 10))
        hits = [self._hit(path, wanted["p.properties"].split()) for path in found[start : start + limit]]
        more = start + limit < len(found)
        return {"success": True, "results": len(hits), "total": len(found), "more": more, "offset": start, "hits": hits}

    def _matches(self, path: str, wanted: dict[str, str]) -> bool:
        if not path.startswith(f"{wanted['path']}/"):
            return False
        value = self._value(path, wanted["property"])
        return value is not None if wanted.get("property.operation") == "exists" else value == wanted["property.value"]

    def _hit(self, path: str, names: list[str]) -> dict[str, Any]:
        hit: dict[str, Any] = {}
        for name in names:
            *parents, last = name.split("/")
            node = hit
            for parent in parents:
                node = node.setdefault(parent, {})
            if (value := self._value(path, name)) is not None:
                node[last] = value
        return hit

    def _value(self, path: str, name: str) -> Any:
        asset = self.assets[path]
        if name == "jcr:content/dam:assetState":
            return asset.state
        if name in ("jcr:path", "jcr:uuid"):
            return path if name == "jcr:path" else asset.uuid
        return asset.metadata.get(name.removeprefix("jcr:content/metadata/"))

    def in_use(self, now: datetime) -> Iterator[tuple[str, bytes]]:
        """Yield what is there and not past its expiration."""
        for path, asset in self.assets.items():
            until = asset.metadata.get("prism:expirationDate")
            if until is None or datetime.strptime(until, SLING_DATE) > now:
                yield path, asset.data


def typed(value: str, hint: str) -> Any:
    """Return a value as Sling keeps and writes it; 500 for a date that it cannot read."""
    if not hint.startswith("Date"):
        return value
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", value):
        raise Refused(500, f"javax.jcr.ValueFormatException: {value}")
    return datetime.fromisoformat(value).strftime(SLING_DATE)
