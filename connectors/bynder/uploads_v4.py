"""Uploads of version 4: an address and a policy of S3, parts as forms, each registered, finalised, and converted.

The policy and its signature are secrets for a while and are not kept: an interrupted upload begins anew. What was
uploaded and not saved is no asset.
"""

from __future__ import annotations

import threading

from connectors.bynder.answers import FinalisedUpload, InitialisedUpload, PollState
from connectors.bynder.judging import expect
from connectors.bynder.uploading import PART_BYTES, Resumed, Uploaded, UploadGone
from connectors.http.bodies import Multipart, Part, Section, form
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof

MOST_POLLS, POLL_S = 60, 2.0


class UploadsV4:
    """How files get to Bynder by its version 4."""

    proof = Proof.SIZE

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._endpoint = ""

    def bring(self, file: Outgoing, resumed: Resumed, progress: Progress) -> Uploaded:
        """Upload a file wholly and wait until it is converted; UploadGone if Bynder does not know it any more."""
        if resumed.imported:
            uploaded = Uploaded(resumed.imported)
        else:
            uploaded = Uploaded(self._send(file, progress))
            progress.save("imported", content=file.content.sha256, imported=uploaded.id)
        self._wait(file, uploaded.id, progress, known=not resumed.imported)
        return uploaded

    def _send(self, file: Outgoing, progress: Progress) -> str:
        """Send all parts and end the upload; return the id of the import."""
        terms = Terms(check=progress.check)
        endpoint = self._asked_endpoint(terms)
        answer = self._session.ask("POST", "api/upload/init", form({"filename": file.name}), terms)
        begun = self._session.read(expect(self._session, answer, "upload", file.path), InitialisedUpload)
        parts = max(1, -(-file.content.size_bytes // PART_BYTES))
        for part in range(1, parts + 1):
            self._send_part(file, endpoint, begun, (part, parts), progress)
            fields = {
                "id": begun.s3file.uploadid,
                "targetid": begun.s3file.targetid,
                "filename": f"{begun.s3_filename}/p{part}",
                "chunkNumber": str(part),
            }
            expect(self._session, self._session.ask("POST", "api/v4/upload/", form(fields), terms), "upload")
        fields = {
            "targetid": begun.s3file.targetid,
            "s3_filename": f"{begun.s3_filename}/p{parts}",
            "chunks": str(parts),
            "original_filename": file.name,
        }
        answer = self._session.ask("POST", f"api/v4/upload/{begun.s3file.uploadid}/", form(fields), terms)
        return self._session.read(expect(self._session, answer, "upload", file.path), FinalisedUpload).import_id

    def _asked_endpoint(self, terms: Terms) -> str:
        with self._lock:
            if not self._endpoint:
                answer = expect(self._session, self._session.ask("GET", "api/upload/endpoint", terms=terms), "upload")
                told = self._session.json(answer)
                if not isinstance(told, str) or not told.startswith(("https://", "http://")):
                    raise self._session.away("gives no address for uploads")
                self._endpoint = told
            return self._endpoint

    def _send_part(
        self, file: Outgoing, endpoint: str, begun: InitialisedUpload, part: tuple[int, int], progress: Progress
    ) -> None:
        """Send a part to S3, with its policy and without the sign-in."""
        number, parts = part
        key = f"{begun.s3_filename}/p{number}"
        told = {"name": file.name, "chunk": str(number), "chunks": str(parts), "Filename": key, "key": key}
        fields = tuple((begun.multipart_params | told).items())
        end = min(number * PART_BYTES, file.content.size_bytes)
        section = Section(file.content, (number - 1) * PART_BYTES, end, "application/octet-stream")
        answer = self._session.ask(
            "POST",
            endpoint,
            Multipart(fields, (Part("file", file.name, section),)),
            Terms(signed_in=False, check=progress.check),
        )
        if not 200 <= answer.status < 300:
            raise self._session.away(f"the storage does not take a part ({answer.status})")

    def _wait(self, file: Outgoing, number: str, progress: Progress, *, known: bool) -> None:
        """Wait until an import is converted. One that is not `known` to be fresh may have been forgotten."""
        for _ in range(MOST_POLLS):
            answer = self._session.ask("GET", f"api/v4/upload/poll/?items={number}", terms=Terms(check=progress.check))
            state = self._session.read(expect(self._session, answer, "upload"), PollState)
            if number in state.done:
                return
            if number in (*state.failed, *state.rejected):
                if known:
                    remedy = "look at the file in Bynder's upload page, then `foundry deliveries retry`"
                    raise self._session.file_refused(file.path, "could not be converted by Bynder", remedy)
                raise UploadGone(f"import {number} is not there any more")
            progress.check()
            self._session.clock.sleep(POLL_S)
        raise self._session.away("has not converted an upload yet", after_s=30.0)
