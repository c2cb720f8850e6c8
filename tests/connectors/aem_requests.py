"""Requests to the local AEM: which step each is, what becomes of it, and how forms with files are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

RENDITION = "/_jcr_content/renditions/original"
METADATA = "/_jcr_content/metadata"


@dataclass(frozen=True, kw_only=True)
class Mood:
    """What becomes of one request; as it stands, nothing special.

    slow_s: seconds before it is worked on. status: the answer in place of the work. cut: the connection ends in place
    of the work. done: the work is done all the same. twice: the work is done twice, as when a proxy repeats a request,
    and the second answer is given. retry_after: the header of the answer.
    """

    slow_s: float = 0.0
    status: int = 0
    cut: bool = False
    done: bool = False
    twice: bool = False
    retry_after: str = ""

    @property
    def works(self) -> bool:
        return self.done or not (self.status or self.cut)


GOOD = Mood()


@dataclass
class Seen:
    """A request as it came, and its answer."""

    step: str
    method: str
    path: str
    signed: bool
    status: int


ENDS = {
    ("POST", ".initiateUpload.json"): "initiate",
    ("POST", ".completeUpload.json"): "complete",
    ("POST", ".createasset.html"): "servlet",
    ("POST", METADATA): "metadata",
    ("GET", ".2.json"): "look",
    ("GET", RENDITION): "original",
}


def multipart(boundary: bytes, body: bytes) -> dict[str, tuple[str, bytes]]:
    """Return name of the file and value of each field of a form (RFC 7578)."""
    made = {}
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, value = piece.partition(b"\r\n\r\n")
        name, file_name = (re.search(rb"[; ]" + word + rb'="([^"]*)"', head) for word in (b"name", b"filename"))
        assert name is not None
        made[name[1].decode()] = (file_name[1].decode() if file_name else "", value.removesuffix(b"\r\n"))
    return made


def step_of(method: str, path: str) -> str:
    """Return the name of a request's step."""
    if method == "POST" and path.startswith("/api/assets/"):
        return "folder"
    if method == "PUT" and path.startswith("/blob/"):
        return "part"
    if path in ("/bin/querybuilder.json", "/ims/token"):
        return "query" if method == "GET" else "token"
    return next((step for (verb, end), step in ENDS.items() if verb == method and path.endswith(end)), "unknown")
