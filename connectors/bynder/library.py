"""The assets of a portal: looked up, searched for, saved, edited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import httpx2
from pydantic import ValidationError

from connectors.bynder.answers import DownloadAddress, Media, SavedMedia
from connectors.bynder.judging import expect
from connectors.bynder.metaproperties import OWN, Metaproperties
from connectors.bynder.tags import CONTENT, OWNER, SLOT, content_tag, joined, slot_tag, told, told_content
from connectors.http.bodies import form
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Found, Progress
from connectors.target.outgoing import Outgoing
from foundry.names import digest

PAGE, MOST_PAGES = 100, 100_000
LONGEST_NAME, LONGEST_TEXT = 255, 4_000


class ImportGone(Exception):
    """Bynder does not know the import that was to be saved: it was saved already, or forgotten."""


class NotConverted(Exception):
    """The import cannot be saved yet."""


@dataclass(frozen=True)
class Library:
    """The assets of one brand. owner: the tag of all that this target has brought."""

    session: Session
    brand: str
    owner: str
    metaproperties: Metaproperties

    def look(self, number: str) -> Media | None:
        """Return an asset by its id; None if Bynder has none."""
        if not number:
            return None
        answer = self.session.ask("GET", f"api/v4/media/{number}/?versions=1")
        if answer.status == 404:
            return None
        return self.session.read(expect(self.session, answer, "read assets"), Media)

    def search(self, *tags: str) -> list[Media]:
        """Return the assets that have all these tags, those in use before the archived ones, the oldest first."""
        return [each for archived in (False, True) for each in self._page(tags, archived, 1)[0]]

    def all(self) -> Iterator[Media]:
        """Yield every asset that this target has brought."""
        for archived in (False, True):
            for page in range(1, MOST_PAGES):
                found, count = self._page((self.owner,), archived, page)
                yield from found
                if count < PAGE:
                    break

    def _page(self, tags: tuple[str, ...], archived: bool, page: int) -> tuple[list[Media], int]:
        """Return one page of a search, those on it that really have the tags, and how many the page had."""
        asked = {
            "tags": ",".join(tags),
            "limit": str(PAGE),
            "page": str(page),
            "orderBy": "dateCreated asc",
            "includeVersionNumber": "1",
        }
        query = httpx2.QueryParams(asked | ({"archive": "1"} if archived else {}))
        answer = self.session.ask("GET", f"api/v4/media/?{query}", terms=Terms(most_bytes=16_000_000))
        found = self.session.json(expect(self.session, answer, "search assets"))
        if not isinstance(found, list):
            raise self.session.away("a search without a list")
        try:
            media = [Media.model_validate(each) for each in found]
        except ValidationError:
            raise self.session.away("a search with an asset without id") from None
        wanted = [each for each in media if each.archive == archived and set(tags) <= set(map(str.casefold, each.tags))]
        return wanted, len(media)

    # Saving.

    def save_new(self, file: Outgoing, imported: str, progress: Progress) -> SavedMedia:
        """Save an upload as a new asset with all that is said of it. A second saving would make a second asset."""
        fields = {"brandId": self.brand} | self.words(file, (), 1)
        if closes := _day_after(file.metadata.expiry):
            fields["archiveDate"] = closes
        return self._save(f"api/v4/media/save/{imported}/", fields, progress, file.path)

    def save_version(self, number: str, imported: str, file: Outgoing, progress: Progress) -> SavedMedia:
        """Save an upload as a new version of an asset. Its words stay as they are, whatever is sent along."""
        return self._save(f"api/v4/media/{number}/save/{imported}/", {}, progress, file.path)

    def _save(self, url: str, fields: dict[str, str], progress: Progress, path: str) -> SavedMedia:
        answer = self.session.ask("POST", url, form(fields), Terms(repeatable=False, check=progress.check))
        if answer.status == 404:
            raise ImportGone(self.session.reason(answer))
        if answer.status == 303:
            raise NotConverted(self.session.reason(answer))
        return self.session.read(expect(self.session, answer, "save assets", path), SavedMedia)

    def write(self, media: Media, file: Outgoing, progress: Progress) -> None:
        """Say of an asset what is to be said of a file, and bring it into use. Tags of other people stay."""
        fields = self.words(file, media.tags, media.version) | {"archive": "false"}
        if closes := _day_after(file.metadata.expiry):
            fields["archiveDate"] = closes
        self._modify(media.id, fields, Terms(check=progress.check), file.path)

    def archive(self, number: str) -> None:
        """Take an asset out of use."""
        self._modify(number, {"archive": "true"}, Terms())

    def _modify(self, number: str, fields: dict[str, str], terms: Terms, path: str = "") -> HttpAnswer:
        answer = self.session.ask("POST", f"api/v4/media/{number}/", form(fields), terms)
        return expect(self.session, answer, "edit and archive assets", path)

    def words(self, file: Outgoing, present: tuple[str, ...], version: int | None) -> dict[str, str]:
        """Return what is said of a file as fields of a form.

        present: the tags that the asset has. version: that which has the file's content.
        """
        facts, fields = file.metadata, file.fields
        named = fields.get("name") or facts.title or file.name.rpartition(".")[0]
        kept = [each for each in present if not each.casefold().startswith((SLOT, CONTENT, OWNER))]
        tags = [*kept, *facts.keywords, *fields.get("tags", "").split(",")]
        ours = [slot_tag(file.slot.id), content_tag(file.content.sha256, version), self.owner]
        own = {
            "name": _line(named)[:LONGEST_NAME],
            "description": (fields.get("description") or facts.alt_text or facts.description)[:LONGEST_TEXT],
            "copyright": (fields.get("copyright") or facts.owner)[:LONGEST_TEXT],
            "tags": joined([*tags, *ours]),
        }
        return own | dict(self.metaproperties.written(file.path, fields))

    # What is compared.

    def holds(self, media: Media, file: Outgoing, progress: Progress) -> bool:
        """Return whether an asset's original has a file's bytes, which are read again for that."""
        if media.size_bytes != file.content.size_bytes:
            return False
        answer = self.session.ask("GET", f"api/v4/media/{media.id}/download/", terms=Terms(check=progress.check))
        address = self.session.read(expect(self.session, answer, "download assets"), DownloadAddress)
        terms = Terms(signed_in=False, most_bytes=file.content.size_bytes, check=progress.check)
        answer, hashed = self.session.hash_of(address.url, "sha256", terms)
        expect(self.session, answer, "download assets")
        return hashed.hexdigest == file.content.sha256


def found_of(media: Media) -> Found:
    """Return an asset as deliveries know it.

    Its etag changes with its version and with the words that people see, and not with what Bynder itself does to it.
    """
    version = "" if media.version is None else str(media.version)
    words = {"name": media.name, "description": media.description, "copyright": media.copyright}
    return Found(
        target_id=media.id,
        version=version,
        etag=digest("bynder-asset", version=version or f"{media.size_bytes} bytes", **words),
        size_bytes=media.size_bytes,
        slot=told(media.tags, SLOT),
        content=told_content(media.tags, media.version),
        expired=media.archive,
        modified=media.modified,
        fields={name: getattr(media, name) for name in OWN if name != "tags"},
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _day_after(day: str) -> str:
    """Return the moment after the last day on which a file may be shown, as Bynder writes it; "" for no such day."""
    try:
        return f"{date.fromisoformat(day) + timedelta(days=1)}T00:00:00Z" if day else ""
    except (ValueError, OverflowError):
        return ""
