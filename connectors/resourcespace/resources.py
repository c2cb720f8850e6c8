"""The resources of a ResourceSpace: made, found again, filled, moved between states."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from connectors.http.answers import Answered
from connectors.http.bodies import Section
from connectors.http.terms import Terms
from connectors.resourcespace.answers import Columns, FieldValue
from connectors.resourcespace.calls import RIGHTS, Calls
from connectors.target.connector import Found, Progress
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.target import ResourceSpaceTarget
from foundry.names import digest

ACTIVE, ARCHIVED, DELETED, PENDING = 0, 2, 3, -2
"""States of a resource, as ResourceSpace numbers them; PENDING is pending submission, which searches do not show."""
KEPT_STATES = "-2,-1,0,1,2"
PAGE = 200
BEGINNING = 50_000
"""Bytes that ResourceSpace takes into a checksum, if it is not set to take all of them."""
MOST_REREAD = 64 * 1024 * 1024
USUAL = ("title", "caption")
"""Fields that a ResourceSpace has unless they were taken away."""


@dataclass(frozen=True)
class Kept:
    """A resource, and what it says. slot, content, asset: as we had written them there.

    stamp: the moment of the file that has the content, as we had written it there.
    """

    columns: Columns
    values: Mapping[str, str]
    slot: str = ""
    content: str = ""
    asset: str = ""
    stamp: str = ""

    def found(self) -> Found:
        """Return it as deliveries know it. Its etag changes with the file, and with the words that people see."""
        words = {name: self.values.get(name, "") for name in USUAL}
        whole = self.columns.has_file and self.columns.archive != PENDING and self.stamp == _stamp(self.columns)
        return Found(
            target_id=str(self.columns.ref),
            etag=digest("resourcespace-asset", file=self.columns.file_tag, **words),
            size_bytes=self.columns.size_bytes,
            slot=self.slot,
            content=self.content if whole else "",
            asset=self.asset,
            expired=self.columns.archive == ARCHIVED,
            modified=self.columns.modified,
            fields=words,
        )


@dataclass(frozen=True)
class Resources:
    """The resources that one target brings. owner: a word that all of them hold."""

    calls: Calls
    target: ResourceSpaceTarget
    owner: str

    # Finding.

    def look(self, ref: str) -> Kept | None:
        """Return a resource by its number; None if there is none, or if it was deleted."""
        columns = self.columns(ref)
        return None if columns is None else self.kept(columns)

    def columns(self, ref: str) -> Columns | None:
        """Return a resource by its number, without its words; None if there is none, or if it was deleted."""
        if not ref.isdecimal():
            return None
        told = self.calls.call("get_resource_data", resource=ref)
        if not isinstance(told, dict):
            return None
        columns = self._read(Columns, told)
        return None if columns.archive == DELETED else columns

    def of_slot(self, slot: str) -> list[Kept]:
        """Return our resources of a slot, those in use before the others, the oldest first."""
        if not slot:
            return []
        found = [self.kept(each) for each in self._page(f"{self._word(slot)} {self._word(self.owner)}", 0)]
        return sorted((each for each in found if each.slot == slot), key=lambda each: each.columns.archive != ACTIVE)

    def all(self) -> Iterator[Kept]:
        """Yield all our resources."""
        offset = 0
        while page := self._page(self._word(self.owner), offset):
            yield from map(self.kept, page)
            offset += len(page)
            if len(page) < PAGE:
                return

    def _word(self, word: str) -> str:
        return f"{self.target.slot_field}:{word}"

    def _page(self, search: str, offset: int) -> list[Columns]:
        told = self.calls.call(
            "do_search",
            Terms(most_bytes=16_000_000),
            search=search,
            archive=KEPT_STATES,
            order_by="resourceid",
            sort="asc",
            fetchrows=str(PAGE),
            offset=str(offset),
        )
        if not isinstance(told, list):
            raise self.calls.session.away("a search without a list")
        return [self._read(Columns, each) for each in told]

    def kept(self, columns: Columns) -> Kept:
        """Return a resource with its words."""
        told = self.calls.call("get_resource_field_data", resource=str(columns.ref))
        found = [self._read(FieldValue, each) for each in told] if isinstance(told, list) else []
        values = {each.name: each.value for each in found}
        words = values.get(self.target.slot_field, "").split()
        ours = words if len(words) == 5 and words[3] == self.owner else [""] * 5
        return Kept(columns, values, slot=ours[0], content=ours[1], asset=ours[2], stamp=ours[4])

    def _read(self, model: type[Answered], told: object) -> Answered:
        try:
            return model.model_validate(told)
        except ValidationError:
            raise self.calls.session.away("an answer without what it has to tell of a resource") from None

    # Making and changing.

    def make(self, file: Outgoing, progress: Progress) -> str:
        """Make a resource without file, which no search of people shows; return its number. Twice makes two."""
        told = self.calls.call(
            "create_resource",
            Terms(repeatable=False, check=progress.check),
            resource_type=str(self.target.resource_type),
            archive=str(PENDING),
            metadata=json.dumps({self.target.slot_field: self._words(file, "0")}),
        )
        if not isinstance(told, int) or isinstance(told, bool) or told < 1:
            raise self.calls.session.refused(f"makes no resource of type {self.target.resource_type}", RIGHTS)
        return str(told)

    def discard(self, ref: str) -> None:
        """Delete a resource that we made and that never had a file."""
        self.calls.call("delete_resource", resource=ref)

    def fill(self, ref: str, file: Outgoing, progress: Progress) -> None:
        """Put a file into a resource, in place of the one that is there."""
        body = Section(file.content, media_type=file.media_type)
        size = file.content.size_bytes
        # Twice would be harmless, and a second version where the plugin for versions is on.
        terms = Terms(repeatable=False, check=progress.check, judged=frozenset({401}))
        answer = self.calls.post_file("upload_multipart", terms, file.name, body, ref=ref, no_exif="0", revert="0")
        if answer.status == 401 and self.calls.call("get_resource_data", resource=ref) is not None:
            # The signature is good: PHP has thrown a body away that was larger than it may be.
            what, remedy = f"has {size} bytes, more than PHP's post_max_size there", "raise it there"
            raise self.calls.session.file_refused(file.path, what, f"{remedy}, then `foundry deliveries retry`")
        if not 200 <= answer.status < 300:
            what = f"is not taken ({self.calls.session.reason(answer)})"
            raise self.calls.session.file_refused(file.path, what, "look at the file and at the limits there")

    def write(self, ref: str, file: Outgoing, progress: Progress) -> None:
        """Say of a resource what is to be said of a file: after its file came, which brings embedded words along.

        Usual fields that are not there, and fields that may not be empty, are left as they are.
        """
        facts = file.metadata
        usual = {"title": facts.title, "caption": facts.alt_text or facts.description}
        for name, text in (usual | file.fields).items():
            if not self._update(ref, name, text, progress) and file.fields.get(name):
                remedy = f"make it there, or correct the metadata of delivery target {self.target.id}"
                raise self.calls.session.refused(f"lets nothing be written to the field {name}", remedy)

    def write_slot(self, columns: Columns, file: Outgoing, progress: Progress) -> None:
        """Say whose resource it is, of which slot and content."""
        words = self._words(file, _stamp(columns))
        if not self._update(str(columns.ref), self.target.slot_field, words, progress):
            remedy = "make an indexed text field of that short name there, or name another one as slot_field"
            raise self.calls.session.refused(f"has no field {self.target.slot_field} that may be written", remedy)

    def _update(self, ref: str, name: str, text: str, progress: Progress) -> bool:
        told = self.calls.call("update_field", Terms(check=progress.check), resource=ref, field=name, value=text)
        return told is True

    def move(self, ref: str, state: int) -> None:
        """Bring a resource into a state."""
        told = self.calls.call("put_resource_data", resource=ref, data=json.dumps({"archive": state}))
        if told is not True:
            raise self.calls.session.refused(f"does not let resource {ref} into state {state}", RIGHTS)

    def _words(self, file: Outgoing, stamp: str) -> str:
        return f"{file.slot.id} {file.content.sha256} {file.asset} {self.owner} {stamp}"

    # Proving.

    def proof(self, columns: Columns, file: Outgoing, progress: Progress) -> tuple[Proof, str]:
        """Return how sure it is that a resource holds a file's bytes, and the checksum that says so; "" for none.

        TargetAway if it holds other bytes.
        """
        size = file.content.size_bytes
        if columns.checksum:
            whole = file.content.hexdigest("md5")
            if columns.checksum == whole:
                return Proof.HASH, f"md5:{whole}"
            if size <= BEGINNING and columns.checksum == _beginning(file):
                return Proof.HASH, f"md5:{columns.checksum}"
        if size <= MOST_REREAD:
            if not self.holds(columns, file, progress):
                raise self.calls.session.away(f"resource {columns.ref} does not hold what was sent")
            return Proof.REREAD, ""
        return (Proof.SIZE if columns.size_bytes == size else Proof.ACCEPTED), ""

    def holds(self, columns: Columns, file: Outgoing, progress: Progress) -> bool:
        """Return whether a resource has a file's bytes, which are read again for that."""
        session = self.calls.session
        if not columns.has_file or columns.size_bytes not in (None, file.content.size_bytes):
            return False
        asked = {"ref": str(columns.ref), "size": "", "extension": columns.extension, "generate": "0"}
        url = self.calls.call("get_resource_path", Terms(check=progress.check), **asked)
        if not isinstance(url, str) or not url:
            raise session.refused("gives no address of an original", "let the user download originals")
        terms = Terms(signed_in=False, most_bytes=max(1, file.content.size_bytes), check=progress.check)
        answer, hashed = session.hash_of(url, "sha256", terms)
        if answer.status != 200:
            raise session.away(f"does not give an original back ({answer.status})")
        return hashed.hexdigest == file.content.sha256


def _stamp(columns: Columns) -> str:
    """Return the moment of a file in digits, since a field of words is cut at everything else."""
    return re.sub(r"\D", "", columns.modified) or "0"


def _beginning(file: Outgoing) -> str:
    """Return MD5 of a file's size and beginning, as ResourceSpace computes it unless it is told otherwise."""
    told = f"{file.content.size_bytes}_".encode() + file.content.section(0, min(BEGINNING, file.content.size_bytes))
    return hashlib.md5(told, usedforsecurity=False).hexdigest()
