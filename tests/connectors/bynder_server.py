"""A local server of Bynder's interface: uploads of version 4 and 7, saving, versions, looking up, editing, archiving.

Each route cites where its dialect was read:

[D]  Bynder's own reference, https://api.bynder.com/reference (asset upload, modern stack upload, asset v4)
[JS] Bynder/bynder-js-sdk 2.5.2, dist/bynder-js-sdk.js
[PY] Bynder/bynder-python-sdk, bynder_sdk/client/upload_client.py and asset_bank_client.py
[C#] Bynder/bynder-c-sharp-sdk, Sdk/Service/Upload/FileUploader.cs, Sdk/Model/Media.cs and MediaItem.cs

Where the reference says nothing, the server takes the side that is worse for a client: an import may be saved twice,
and makes two assets; what was saved is not found by a search at once; a change is accepted (202) before it is seen.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.connectors.local_vendor import Asked, LocalVendor, Route, unknown
from tests.support.moods import Reply, as_json

BRAND = "0A1B2C3D-0000-4000-8000-00000000BEEF"
CHUNK = 5 * 1024 * 1024
STRUCTURE = {"copyright", "description", "name", "tags", "brandId", "archive", "archiveDate", "isPublic"}


@dataclass
class Upload:
    """The parts of one file. done: the import's id, once it was finalised."""

    name: str = ""
    parts: dict[int, bytes] = field(default_factory=dict)
    registered: set[int] = field(default_factory=set)
    done: str = ""

    def joined(self, first: int, count: int) -> bytes:
        """Return the file, whatever order its parts came in."""
        return b"".join(self.parts[number] for number in range(first, first + count))


@dataclass
class Import:
    """A file that was uploaded and is not an asset yet. polls: questions until it is converted."""

    name: str
    data: bytes
    polls: int = 0
    broken: bool = False


@dataclass
class Media:
    """An asset. unseen: searches that do not find it yet. coming: changes to be seen, and after how many looks."""

    id: str
    words: dict[str, str]
    properties: dict[str, str]
    versions: list[tuple[str, str, bytes]]
    created: str
    unseen: int = 0
    coming: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def archived(self) -> bool:
        """Whether it is out of use."""
        return self.words.get("archive", "") in ("1", "true")


@dataclass
class Bynder(LocalVendor):
    """What the server knows.

    token: what is good now. tokens: handed out by OAuth so far. polls: questions until an upload is converted. lag:
    searches that do not find a new asset, and looks that do not show a change. forgets: an import that was saved is
    gone, so that saving it again is a 404.
    """

    token: str = "s3cret-Value-7f"
    client_secret: str = "s3cret-Value-7f"
    locked: bool = False
    forbidden: bool = False
    polls: int = 1
    lag: int = 0
    forgets: bool = False
    tokens: int = 0
    uploads: dict[str, Upload] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    metaproperties: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"caption": text("caption"), "note": text("note")}
    )
    foreign_credentials: list[str] = field(default_factory=list)

    def route(self, asked: Asked) -> Route:
        """Choose the step; addresses of the interface may end in a slash or not, as the clients differ in it."""
        path = asked.path.rstrip("/")
        for verb, pattern, step, work in self._routes():
            if verb == asked.method and (found := re.fullmatch(pattern, path)):
                if step in OPEN:
                    return step, self._bound(work, asked, found.groups())
                return step, self._signed(asked, self._bound(work, asked, found.groups()))
        return unknown(asked)

    def _routes(self) -> list[tuple[str, str, str, Callable[..., Reply]]]:
        return [
            ("POST", "/v6/authentication/oauth2/token", "token", self._token),
            ("GET", "/api/upload/endpoint", "endpoint", self._endpoint),
            ("POST", "/api/upload/init", "init", self._init),
            ("POST", "/s3", "part", self._part),
            ("POST", "/api/v4/upload", "register", self._register),
            ("GET", "/api/v4/upload/poll", "poll", self._poll),
            ("POST", "/api/v4/upload/([^/]+)", "finalise", self._finalise_v4),
            ("POST", "/v7/file_cmds/upload/prepare", "prepare", self._prepare),
            ("POST", "/v7/file_cmds/upload/([^/]+)/chunk/([0-9]+)", "chunk", self._chunk),
            ("POST", "/v7/file_cmds/upload/([^/]+)/finalise_api", "finalise", self._finalise_v7),
            ("POST", "/api/v4/media/save/?([^/]*)", "save", self._save),
            ("POST", "/api/v4/media/([^/]+)/save/?([^/]*)", "save_version", self._save_version),
            ("GET", "/api/v4/media", "search", self._search),
            ("GET", "/api/v4/media/([^/]+)", "look", self._look),
            ("POST", "/api/v4/media", "modify", lambda asked: self._modify(asked, asked.form.get("id", ""))),
            ("POST", "/api/v4/media/([^/]+)", "modify", self._modify),
            ("GET", "/api/v4/media/([^/]+)/download", "download", self._download),
            ("GET", "/files/([^/]+)/([0-9]+)", "fetch", self._fetch),
            ("GET", "/api/v4/metaproperties", "metaproperties", lambda _: as_json(self.metaproperties)),
            ("GET", "/api/v4/brands", "brands", lambda _: as_json([{"id": BRAND, "name": "Aurelle"}])),
        ]

    def _bound(self, work: Callable[..., Reply], asked: Asked, groups: tuple[str, ...]) -> Callable[[], Reply]:
        return lambda: work(asked, *groups)

    def _signed(self, asked: Asked, work: Callable[[], Reply]) -> Callable[[], Reply]:
        """[D]: a permanent token or OAuth's, as `Authorization: Bearer`."""

        def answer() -> Reply:
            if self.locked or asked.headers.get("authorization") != f"Bearer {self.token}":
                return as_json({"message": "Invalid or expired token", "statuscode": 401}, 401)
            if self.forbidden:
                return as_json({"message": "Access denied", "statuscode": "403"}, 403)
            return work()

        return answer

    def _token(self, asked: Asked) -> Reply:
        """[D] oauth2/token, client credentials."""
        if self.locked or self.client_secret not in str(asked.headers) + asked.body.decode() + _basic(asked):
            return as_json({"error": "invalid_client"}, 401)
        self.tokens += 1
        self.token = f"token-{self.tokens}-of-the-hour"
        return as_json({"access_token": self.token, "expires_in": 3599, "token_type": "bearer", "scope": "asset:write"})

    # Uploads of version 4.

    def _endpoint(self, _: Asked) -> Reply:
        """[D] a JSON string. [JS, PY] GET upload/endpoint."""
        return as_json(f"{self.url}/s3/")

    def _init(self, asked: Asked) -> Reply:
        """[D] upload/init: the answer holds a policy and a signature, which are secrets for a while."""
        name = asked.form.get("filename", "")
        if not re.search(r"\.\w+$", name):
            return Reply(400, json.dumps({"filename": f"'{name}' is not a valid filename"}).encode(), "text/plain")
        number = uuid.uuid4().hex
        self.uploads[number] = Upload(name)
        key = f"pluploads/api/{number}/{name}"
        told = {"acl": "private", "success_action_status": "201", "Content-Type": "image/*", "key": key}
        told |= {"Policy": f"policy-of-{number}", "X-Amz-Signature": f"signature-of-{number}"}
        told |= {"x-amz-credential": "AKIA/x", "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": "20261130T100755Z"}
        s3file = {"uploadid": number, "targetid": f"final/{number}/{name}"}
        return as_json({"s3file": s3file, "s3_filename": key, "target_key": key, "multipart_params": told})

    def _part(self, asked: Asked) -> Reply:
        """[JS, PY] a part goes to S3, as a form with a policy; `file` is its last field, and S3 knows no token."""
        if "authorization" in asked.headers:
            self.foreign_credentials.append(asked.headers["authorization"])
        parts = asked.parts
        number = parts["key"].decode().split("/")[2]
        good = parts.get("Policy") == f"policy-of-{number}".encode() and list(parts)[-1] == "file"
        if not good or parts.get("X-Amz-Signature") != f"signature-of-{number}".encode():
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        at = int(parts["key"].decode().rpartition("/p")[2])
        self.uploads[number].parts[at] = parts["file"]
        return Reply(201, b"<PostResponse></PostResponse>", "application/xml")

    def _register(self, asked: Asked) -> Reply:
        """[JS, PY] POST v4/upload/; [D, C#] the same with the id in the address, which is told by its fields."""
        form = asked.form
        return self._registered(form.get("id", ""), form)

    def _registered(self, number: str, form: dict[str, str]) -> Reply:
        upload, at = self.uploads.get(number), int(form["chunkNumber"])
        if upload is None or at not in upload.parts or not form["filename"].endswith(f"/p{at}"):
            return as_json({"message": "Could not find chunk", "success": False}, 400)
        upload.registered.add(at)
        return as_json({"status": "ok"}, 202)

    def _finalise_v4(self, asked: Asked, number: str) -> Reply:
        """[D] the final call: s3_filename of the last part [JS, PY], chunks, original_filename."""
        form = asked.form
        if "chunkNumber" in form:
            return self._registered(number, form)
        upload, count = self.uploads.get(number), int(form["chunks"])
        if upload is None or upload.registered != set(range(1, count + 1)):
            return as_json({"message": "Could not complete upload", "retry": 1, "success": False}, 500)
        if not form["s3_filename"].endswith(f"/p{count}") or form["targetid"] != f"final/{number}/{upload.name}":
            return as_json({"message": "Could not complete upload", "retry": 0, "success": False}, 400)
        name = form.get("original_filename") or f"-tmp-{number}"
        if not upload.done:
            upload.done = str(uuid.uuid4()).upper()
            self.imports[upload.done] = Import(name, upload.joined(1, count), self.polls)
        return as_json({"importId": upload.done, "success": True, "locationType": "s3", "filename": name}, 202)

    def _poll(self, asked: Asked) -> Reply:
        """[D] asked until it names the items."""
        done, failed = [], []
        for number in asked.query.get("items", "").split(","):
            wanted = self.imports.get(number)
            if wanted is None or wanted.broken:
                failed.append(number)
            elif wanted.polls <= 0:
                done.append(number)
            else:
                wanted.polls -= 1
        return as_json({"itemsDone": done, "itemsFailed": failed, "itemsRejected": []})

    # Uploads of version 7.

    def _prepare(self, _: Asked) -> Reply:
        """[D] v7/file_cmds/upload/prepare: a file's id."""
        number = str(uuid.uuid4())
        self.uploads[number] = Upload()
        return as_json({"file_id": number})

    def _chunk(self, asked: Asked, number: str, at: str) -> Reply:
        """[D] the first chunk is 0; [C#] Content-SHA256 is the hash of the chunk in hex digits."""
        if (upload := self.uploads.get(number)) is None:
            return as_json({"message": "Upload not found"}, 404)
        told = asked.headers.get("content-sha256", "")
        if told != hashlib.sha256(asked.body).hexdigest() or not 0 < len(asked.body) <= CHUNK:
            return as_json({"message": "The chunk does not match its checksum"}, 400)
        upload.parts[int(at)] = asked.body
        return Reply(201, b"")

    def _finalise_v7(self, asked: Asked, number: str) -> Reply:
        """[D] fileName, fileSize, chunksCount as a form; [C#] sha256 of the whole, the answer's correlation id."""
        form, upload = asked.form, self.uploads.get(number)
        if upload is None:
            return as_json({"message": "Upload not found"}, 404)
        count = int(form["chunksCount"])
        if set(upload.parts) != set(range(count)):
            return as_json({"message": "Chunks are missing"}, 400)
        data = upload.joined(0, count)
        if len(data) != int(form["fileSize"]) or form.get("sha256") != hashlib.sha256(data).hexdigest():
            return as_json({"message": "The file does not match its checksum"}, 400)
        upload.done = number
        self.imports.setdefault(number, Import(form["fileName"], data, self.polls))
        return Reply(201, b"{}", headers=(("x-api-correlation-id", f"correlation-{number}"),))

    # Assets.

    def _save(self, asked: Asked, number: str) -> Reply:
        """[D, PY, C#] POST v4/media/save/{importId}/; [JS] the import's id is a field of the form."""
        form = asked.form
        number = number or form.get("importId", "")
        if refused := self._unsaved(number):
            return refused
        if "brandId" not in form:
            return as_json({"message": "No brandid provided", "statuscode": "400"}, 400)
        found = self.imports[number]
        if "crc32" in form and form["crc32"] != str(zlib.crc32(found.data)):
            return as_json({"message": "CRC32 does not match", "statuscode": "400"}, 400)
        made = Media(str(uuid.uuid4()).upper(), {}, {}, [], f"2026-11-30T10:00:{len(self.media):06d}", self.lag)
        self._put(made, {"name": found.name.rpartition(".")[0]} | form)
        self._add_version(made, number)
        self.media[made.id] = made
        return self._saved(made)

    def _save_version(self, asked: Asked, number: str, imported: str) -> Reply:
        """[D] POST v4/media/{id}/save/{importId}/, without metadata: the SDKs send none."""
        imported = imported or asked.form.get("importId", "")
        if refused := self._unsaved(imported):
            return refused
        if number not in self.media:
            return as_json({"message": "Media not found", "statuscode": "404"}, 404)
        self._add_version(self.media[number], imported)
        return self._saved(self.media[number])

    def _unsaved(self, number: str) -> Reply | None:
        """[D] 404 for an import that is not known, 303 for one that is not converted yet."""
        if (found := self.imports.get(number)) is None:
            return as_json({"message": "Import ID not found", "statuscode": "404"}, 404)
        if found.polls > 0:
            found.polls -= 1
            return as_json({"message": "Import not converted yet, please poll", "statuscode": "303"}, 303)
        return None

    def _add_version(self, made: Media, number: str) -> None:
        found = self.imports.pop(number) if self.forgets else self.imports[number]
        made.versions.append((str(uuid.uuid4()).upper(), found.name, found.data))

    def _saved(self, made: Media) -> Reply:
        """[D] the answer of both."""
        items = [{"original": f"final/{made.id}/{made.versions[-1][1]}", "destination": f"{self.url}/m/x"}]
        told = {"mediaid": made.id, "batchId": str(uuid.uuid4()).upper(), "success": True, "mediaitems": items}
        return as_json(told, 201)

    def _search(self, asked: Asked) -> Reply:
        """[D] tags, archive, limit, page, orderBy; a search knows a new asset only after a while."""
        wanted = set(filter(None, asked.query.get("tags", "").split(",")))
        only_archived = asked.query.get("archive", "") in ("1", "true")
        found = []
        for each in sorted(self.media.values(), key=lambda each: each.created):
            if each.unseen > 0:
                each.unseen -= 1
            elif wanted <= set(_list(each.words.get("tags", ""))) and each.archived == only_archived:
                found.append(self._told(each, "includeVersionNumber" in asked.query))
        page, limit = int(asked.query.get("page", 1)), int(asked.query.get("limit", 50))
        if limit > 1000:
            return as_json({"message": "limit is too large", "statuscode": "400"}, 400)
        return as_json(found[(page - 1) * limit : page * limit])

    def _look(self, asked: Asked, number: str) -> Reply:
        """[D] GET v4/media/{id}; [C#] mediaItems with version and active, where `versions` was asked for."""
        if (found := self.media.get(number)) is None:
            return as_json({"message": "File not found", "statuscode": "404"}, 404)
        self._arrive(found)
        told = self._told(found, with_version=False)
        if asked.query.get("versions") in ("1", "true"):
            last = len(found.versions)
            told["mediaItems"] = [
                {
                    "id": item,
                    "type": "original",
                    "version": at,
                    "active": at == last,
                    "fileName": name,
                    "size": len(data),
                }
                for at, (item, name, data) in enumerate(found.versions, 1)
            ] + [{"id": "x", "type": "web", "version": last, "active": True, "fileName": "webimage.png"}]
        return as_json(told)

    def _arrive(self, found: Media) -> None:
        """Let changes that were accepted be seen when enough looks have gone by."""
        found.coming = [(looks - 1, words) for looks, words in found.coming]
        while found.coming and found.coming[0][0] < 0:
            self._put(found, found.coming.pop(0)[1])

    def _modify(self, asked: Asked, number: str) -> Reply:
        """[D] POST v4/media/{id}, [JS] POST v4/media/ with the id: 202, tags are replaced, `archive` is the state."""
        if (found := self.media.get(number)) is None:
            return as_json({"message": "Media not found", "statuscode": "404"}, 404)
        found.coming.append((self.lag, asked.form))
        if not self.lag:
            self._arrive(found)
        return as_json({"message": "Accepted", "statuscode": 202}, 202)

    def _put(self, made: Media, form: dict[str, str]) -> None:
        for name, text in form.items():
            if name.startswith("metaproperty."):
                made.properties[name.partition(".")[2]] = text
            elif name in STRUCTURE:
                made.words[name] = text

    def _told(self, made: Media, with_version: bool) -> dict[str, Any]:
        """[D, C#] what is told of an asset, in a list and alone."""
        names = {each["id"]: name for name, each in self.metaproperties.items()}
        told: dict[str, Any] = {
            "id": made.id, "idHash": made.id[:16], "type": "image", "brandId": made.words.get("brandId", ""),
            "name": made.words.get("name", ""), "description": made.words.get("description", ""),
            "copyright": made.words.get("copyright", ""), "tags": _list(made.words.get("tags", "")),
            "archive": int(made.archived), "isPublic": 0, "limited": 0, "watermarked": 0,
            "fileSize": len(made.versions[-1][2]), "extension": [made.versions[-1][1].rpartition(".")[2]],
            "dateCreated": "2026-11-30T10:00:00Z", "dateModified": "2026-11-30T10:00:00Z", "mediaItems": [],
        }  # fmt: skip
        told |= {f"property_{names.get(number, number)}": text for number, text in made.properties.items()}
        return told | ({"activeVersion": len(made.versions)} if with_version else {})

    def _download(self, _: Asked, number: str) -> Reply:
        """[PY] media_download_url: an address of S3 that is signed, so a secret for a while."""
        if (found := self.media.get(number)) is None:
            return as_json({"message": "File not found", "statuscode": "404"}, 404)
        at = len(found.versions)
        return as_json({"s3_file": f"{self.url}/files/{number}/{at}?X-Amz-Signature={quote('signed/and/secret')}"})

    def _fetch(self, asked: Asked, number: str, at: str) -> Reply:
        if "authorization" in asked.headers:
            self.foreign_credentials.append(asked.headers["authorization"])
        if asked.query.get("X-Amz-Signature") != "signed/and/secret":
            return Reply(403, b"<Error/>", "application/xml")
        return Reply(200, self.media[number].versions[int(at) - 1][2], "application/octet-stream")

    # What the tests ask and do behind a client's back.

    def contents(self) -> dict[str, bytes]:
        """Return the content of each asset that is in use, by its id."""
        with self.lock:
            return {each.id: each.versions[-1][2] for each in self.media.values() if not each.archived}

    def change(self, number: str) -> None:
        """Save a version as a user does in Bynder's pages."""
        with self.lock:
            self.media[number].versions.append((str(uuid.uuid4()).upper(), "retouched.jpg", b"retouched by hand"))


def text(name: str) -> dict[str, Any]:
    """A metaproperty of free text, as GET v4/metaproperties/ tells of it, by name [D, JS]."""
    return {"id": f"ID-{name}".upper(), "name": name, "label": name.title(), "type": "longtext", "options": []}


def choice(name: str, *options: str) -> dict[str, Any]:
    """A metaproperty with options."""
    made = [{"id": f"OPTION-{each}".upper(), "name": each, "label": each.title()} for each in options]
    return text(name) | {"type": "select", "options": made}


OPEN = {"token", "part", "fetch"}
"""Steps that carry no token: S3 refuses what it does not know, and gets no credential of Bynder's."""


def _list(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _basic(asked: Asked) -> str:
    import base64

    scheme, _, word = asked.headers.get("authorization", "").partition(" ")
    return base64.b64decode(word).decode() if scheme == "Basic" else ""
