"""Uploads of version 7: prepare, parts with their SHA-256 in any order, finalise with that of the whole.

Bynder compares both kinds of hashes and refuses what differs. The id of an upload is of use only with the sign-in, so
it is kept with the progress, and an interrupted upload goes on at the part that it had reached.
"""

from __future__ import annotations

import hashlib

from connectors.bynder.answers import PreparedUpload
from connectors.bynder.judging import expect
from connectors.bynder.uploading import PART_BYTES, Resumed, Uploaded, UploadGone
from connectors.http.bodies import Plain, form
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof

GONE = frozenset({400, 404, 409, 410})
"""Answers to parts and to the end of an upload that Bynder does not know, or whose bytes were changed on the way."""


class UploadsV7:
    """How files get to Bynder by its version 7."""

    proof = Proof.HASH

    def __init__(self, session: Session) -> None:
        self._session = session

    def bring(self, file: Outgoing, resumed: Resumed, progress: Progress) -> Uploaded:
        """Upload a file wholly, from where it was; UploadGone if Bynder does not know the upload any more."""
        number, start = resumed.upload, resumed.part
        if not number:
            number, start = self._prepare(progress), 0
        parts = max(1, -(-file.content.size_bytes // PART_BYTES))
        for part in range(start, parts):
            if parts > 1:
                progress.save("part", content=file.content.sha256, upload=number, part=str(part))
            self._send_part(file, number, part, progress)
        return Uploaded(number, self._finalise(file, number, parts, progress), f"sha256:{file.content.sha256}")

    def _prepare(self, progress: Progress) -> str:
        answer = self._session.ask(
            "POST", "v7/file_cmds/upload/prepare", Plain(b"{}", "application/json"), Terms(check=progress.check)
        )
        return self._session.read(expect(self._session, answer, "upload"), PreparedUpload).file_id

    def _send_part(self, file: Outgoing, number: str, part: int, progress: Progress) -> None:
        data = file.content.section(part * PART_BYTES, min((part + 1) * PART_BYTES, file.content.size_bytes))
        terms = Terms(headers={"Content-SHA256": hashlib.sha256(data).hexdigest()}, check=progress.check)
        body = Plain(data, "application/octet-stream")
        answer = self._session.ask("POST", f"v7/file_cmds/upload/{number}/chunk/{part}", body, terms)
        if answer.status in GONE:
            raise UploadGone(self._session.reason(answer))
        expect(self._session, answer, "upload", file.path)

    def _finalise(self, file: Outgoing, number: str, parts: int, progress: Progress) -> str:
        """End an upload; return Bynder's name of the request."""
        fields = {
            "fileName": file.name,
            "fileSize": str(file.content.size_bytes),
            "chunksCount": str(parts),
            "sha256": file.content.sha256,
        }
        url = f"v7/file_cmds/upload/{number}/finalise_api"
        answer = self._session.ask("POST", url, form(fields), Terms(check=progress.check))
        if answer.status in GONE:
            raise UploadGone(self._session.reason(answer))
        return expect(self._session, answer, "upload", file.path).headers.get("x-api-correlation-id", "")[:200]
