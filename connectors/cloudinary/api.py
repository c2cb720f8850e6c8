"""Cloudinary's interface, request by request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from connectors.cloudinary.resource import SLOT, Identity, Page, Resource
from connectors.cloudinary.signing import signed
from connectors.http.answers import ForeignAnswer
from connectors.http.bodies import Multipart, Part, Section, form
from connectors.http.exchange import HttpAnswer, retry_after_s
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.target.outgoing import Outgoing
from foundry.delivery.target import CloudinaryTarget

CHUNK_BYTES = 20_000_000
"""The size of chunks of Cloudinary's own clients; all but the last must have more than 5 MB."""
PAGE, MOST_PAGES, PAGE_BYTES = 500, 20_000, 16_000_000
LONGEST_WISH_S = 3_600.0
RESOURCE_TYPES = ("image", "video", "raw")
Answered = TypeVar("Answered", bound=ForeignAnswer)


class StartAnew(Exception):
    """The chunks that were sent are not there any more."""


@dataclass(frozen=True)
class CloudinaryApi:
    """The requests that this project makes. Uploads are signed; the Admin API is asked by Basic authentication."""

    target: CloudinaryTarget
    session: Session
    chunk_bytes: int = CHUNK_BYTES

    def upload(
        self, file: Outgoing, identity: Identity, said: Mapping[str, str], overwrite: bool, progress: Progress
    ) -> tuple[Resource, str]:
        """Return an asset as it is after an upload, and the id of the request that ended it.

        Without `overwrite`, an asset that is there is left as it is, and told as `existing`.
        """
        parameters = {
            **said,
            "public_id": identity.public_id,
            "type": identity.type,
            "asset_folder": identity.public_id.rpartition("/")[0],
            "overwrite": "true" if overwrite else "false",
            "unique_filename": "false",
            "invalidate": "true" if overwrite else "",
        }
        size = file.content.size_bytes
        if size <= self.chunk_bytes:
            return self._part(file, identity, parameters, Section(file.content), {}, progress)
        try:
            return self._chunks(file, identity, parameters, progress)
        except StartAnew:
            progress.save("chunks", upload="", sent="0")
            return self._chunks(file, identity, parameters, progress)

    def _chunks(
        self, file: Outgoing, identity: Identity, parameters: Mapping[str, str], progress: Progress
    ) -> tuple[Resource, str]:
        """Send the chunks in their order, from the first one that is not known to be there."""
        size = file.content.size_bytes
        upload, sent = self._resumed(file, parameters, progress)
        progress.save("chunks", upload=upload, sent=str(sent))
        for start in range(sent, size, self.chunk_bytes):
            stop = min(start + self.chunk_bytes, size)
            headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "X-Unique-Upload-Id": upload}
            answer = self._part(file, identity, parameters, Section(file.content, start, stop), headers, progress)
            resource = answer[0]
            if resource.existing or (stop == size and resource.done and resource.asset_id):
                return answer
            progress.save("chunks", upload=upload, sent=str(stop))
        raise StartAnew if sent else self.session.away("takes all chunks of a file and tells no asset", maybe=True)

    def _resumed(self, file: Outgoing, parameters: Mapping[str, str], progress: Progress) -> tuple[str, int]:
        """Return the id of an upload and the bytes that are there of it, for this file and these parameters."""
        told = f"{file.content.sha256}/{parameters['public_id']}/{parameters['overwrite']}"
        own = hashlib.sha256(told.encode()).hexdigest()[:32]
        upload, sent = progress.resume.get("upload", ""), progress.resume.get("sent", "0")
        if upload.startswith(own) and sent.isdecimal() and int(sent) < file.content.size_bytes:
            return upload, int(sent)
        return f"{own}-{int(self.session.clock.time() * 1_000):x}", 0

    def _part(
        self,
        file: Outgoing,
        identity: Identity,
        parameters: Mapping[str, str],
        section: Section,
        headers: Mapping[str, str],
        progress: Progress,
    ) -> tuple[Resource, str]:
        fields = self._signed(parameters)
        body = Multipart(fields, (Part("file", file.name, section),))
        terms = Terms(signed_in=False, headers=headers, check=progress.check)
        answer = self.session.ask("POST", f"{identity.resource_type}/upload", body, terms)
        if headers and section.start and answer.status in (400, 404, 409):
            raise StartAnew
        return self._read(answer, file.path, Resource), answer.headers.get("x-request-id", "")[:200]

    def change_type(self, identity: Identity, to_type: str, path: str) -> Resource | None:
        """Return an asset after its delivery type was changed; None if it is not there with the type that it had."""
        parameters = {
            "from_public_id": identity.public_id,
            "to_public_id": identity.public_id,
            "type": identity.type,
            "to_type": to_type,
            "overwrite": "false",
            "invalidate": "true",
        }
        where = f"{identity.resource_type}/rename"
        answer = self.session.ask("POST", where, form(self._signed(parameters)), Terms(signed_in=False))
        return None if answer.status == 404 else self._read(answer, path, Resource)

    def by_id(self, asset_id: str) -> Resource | None:
        """Return an asset by the id that never changes; None for none."""
        return self._one(f"resources/{quote(asset_id, safe='')}")

    def by_identity(self, identity: Identity) -> Resource | None:
        """Return an asset by what names it; None for none."""
        return self._one(f"resources/{identity.resource_type}/{identity.type}/{quote(identity.public_id)}")

    def by_slot(self, resource_type: str, slot: str) -> Resource | None:
        """Return the asset that tells a slot in its contextual metadata, the first by its public id; None for none."""
        page = self._page(f"resources/{resource_type}/context", {"key": SLOT, "value": slot})
        found = sorted(page.resources, key=lambda each: each.public_id)
        return self.by_id(found[0].asset_id) if found else None

    def with_tag(self, tag: str) -> Iterator[Resource]:
        """Yield all assets with a tag."""
        for resource_type in RESOURCE_TYPES:
            cursor, pages = "", 0
            while pages < MOST_PAGES:
                after = {"next_cursor": cursor} if cursor else {}
                page = self._page(f"resources/{resource_type}/tags/{quote(tag, safe='')}", after)
                yield from page.resources
                if not page.next_cursor:
                    break
                if page.next_cursor == cursor:
                    raise self.session.away("lists the same page again and again")
                cursor, pages = page.next_cursor, pages + 1

    def _page(self, where: str, more: Mapping[str, str]) -> Page:
        query = urlencode({"max_results": PAGE, "context": "true", **more})
        answer = self.session.ask("GET", f"{where}?{query}", None, Terms(most_bytes=PAGE_BYTES))
        return Page() if answer.status == 404 else self._read(answer, "its list", Page)

    def _one(self, where: str) -> Resource | None:
        answer = self.session.ask("GET", where)
        return None if answer.status == 404 else self._read(answer, "an asset", Resource)

    def _signed(self, parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        now = {"timestamp": str(int(self.session.clock.time()))}
        return signed({**parameters, **now}, self.target.api_key, self.session.secret(self.target.api_secret))

    def _read(self, answer: HttpAnswer, path: str, model: type[Answered]) -> Answered:
        if answer.status == 200:
            return self.session.read(answer, model)
        raise self._refusal(answer, path)

    def _refusal(self, answer: HttpAnswer, path: str) -> TargetAway | TargetRefused | FileRefused:
        """Return the error of an answer; 420 is the one of an hour's limit of requests, whose header names its end."""
        status, reason = answer.status, self.session.reason(answer)
        if status == 420:
            ends = retry_after_s(answer.headers.get("x-featureratelimit-reset"), self.session.clock.time())
            return self.session.away("the hour's limit of requests is reached", min(ends or 60.0, LONGEST_WISH_S))
        if status in (401, 403) or (status == 400 and "stale request" in reason.casefold()):
            remedy = f"correct api_key, what {self.target.api_secret.variable} holds, or this machine's clock"
            return self.session.refused(f"does not accept the signature ({reason})", remedy)
        if status in (404, 405) or status < 400:
            return self.session.refused(f"{answer.url.host} has no such place ({reason})", "correct cloud_name or url")
        if status in (400, 409, 413, 415, 422):
            return self.session.file_refused(path, f"is refused ({reason})", "see what the account takes")
        return self.session.away(f"answers {reason}", maybe=True)
