"""Platform packages: a zip for each channel, with its files, an upload sheet, and checksums, for upload by hand.

The same files and settings give the same bytes: members stand in the order of the manifest, uncompressed, without time.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from connectors.target.outgoing import BLOCK, Content
from foundry.channel.placement import MOVING
from foundry.delivery.describing import COPY_FIELDS, metadata_of
from foundry.delivery.landing import filled_link, tagged, utm_parameters
from foundry.delivery.packaging import Packages
from foundry.delivery.paths import name_of, placeholder_values
from foundry.delivery.plain_text import plain
from foundry.delivery.receipt import State
from foundry.delivery.slot import Part
from foundry.delivery.target import Filter
from foundry.delivery.upload_sheet import sheet_for
from foundry.errors import BadInput, FoundryError
from foundry.private_folder import private_folder
from foundry.store.object_store import CorruptObject, NoSuchObject
from pipelines.delivery.holding import held
from pipelines.delivery.saying import Saying
from pipelines.delivery.scopes import Scope
from pipelines.delivery.selecting import Selected, Selection
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.sheet_files import BEGINNING, SheetFiles
from pipelines.delivery.stamping import limit_of, stamped

FILES, SUMS = "files", "SHA256SUMS"
SHOWN_FAULTS = 100
LONGEST_LINE = 4_000


@dataclass(frozen=True, kw_only=True)
class Package:
    """The zip of one channel. size_bytes: of the zip. sheets: the names of its upload sheets.

    shortened, quoted, dropped_links, lacking: as `SheetFiles` counts them.
    """

    channel: str
    file: Path
    files: int
    size_bytes: int
    sheets: tuple[str, ...]
    note: str
    shortened: int
    quoted: int
    dropped_links: int
    lacking: tuple[str, ...]


@dataclass(kw_only=True)
class PackageRun:
    """The packages of a campaign or a catalog.

    waiting: files under embargo. ended: files past their expiry, or withdrawn.
    faults: the reasons for which files are missing, at most 100; `failed` is their number.
    """

    packages: list[Package] = field(default_factory=list)
    waiting: int = 0
    ended: int = 0
    failed: int = 0
    faults: list[str] = field(default_factory=list)

    def fail(self, file: Selected, error: Exception) -> None:
        """Count a file that could not be taken."""
        self.failed += 1
        if len(self.faults) < SHOWN_FAULTS:
            self.faults.append(f"{file.row.file_name}: {error}")


def make_packages(scope: Scope, setting: DeliverySetting, output: Path, channels: Collection[str] = ()) -> PackageRun:
    """Write `output`/<id>_<channel>.zip for each channel that has files, all channels by default.

    Each replaces the package before it in one step. Files under embargo, past their expiry and of withdrawn products
    are left out. BadInput for a channel that has no files. ManifestReplaced if the campaign was made anew meanwhile.
    """
    tenant, run = setting.tenant(scope.tenant), PackageRun()
    settings = tenant.delivery.packages
    own, today = setting.own(tenant), setting.now().date()
    output.mkdir(parents=True, exist_ok=True)
    open_zips, seen = dict[str, _Zip](), set[str]()
    selection = Selection(own, scope, Filter())
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=private_folder("packages"))))
        for file in selection:
            channel = file.row.channel
            seen.add(channel)
            if (channels and channel not in channels) or not _leaves(file, today, run):
                continue
            if channel not in open_zips:
                open_zips[channel] = stack.enter_context(_Zip(scope, channel, output, scratch, settings))
            said = Saying(path="", metadata=metadata_of(file.row, tenant, file.slot, file.items), fields={})
            try:
                with stamped(own, file, said, embeds=True) as content:
                    open_zips[channel].add(file, said, content)
            except (NoSuchObject, CorruptObject, FoundryError) as error:
                run.fail(file, error)
        run.faults += [f"campaign {name} of the catalog has no manifest" for name in selection.lost]
        run.failed += len(selection.lost)
        if missing := sorted(set(channels) - set(open_zips)):
            has = ", ".join(sorted(seen)) or "none"
            raise BadInput("channel", f"{missing[0]} has no files of {scope.id} that may leave; its channels are {has}")
        run.packages = [each.finished() for _, each in sorted(open_zips.items())]
    return run


def _leaves(file: Selected, today: date, run: PackageRun) -> bool:
    """Return whether a file may leave today, and count it if not."""
    hold = held(file.row, today)
    if hold is not None and hold.state == State.WAITING:
        run.waiting += 1
    elif hold is not None or file.withdrawn:
        run.ended += 1
    else:
        return True
    return False


class TooLarge(FoundryError):
    """A file that has more bytes than its placement takes."""

    code = "too_large"

    def __init__(self, size: int, placement: str, limit: int) -> None:
        super().__init__(size, placement, limit)
        self.size, self.placement, self.limit = size, placement, limit

    def __str__(self) -> str:
        return f"it has {self.size} bytes; {self.placement} takes {self.limit}. Make the campaign anew"


class _Zip:
    """The package of one channel while it is written, under a hidden name."""

    def __init__(self, scope: Scope, channel: str, output: Path, scratch: Path, settings: Packages) -> None:
        self.scope, self.channel, self.settings = scope, channel, settings
        self.place = output / f"{scope.id}_{channel}.zip"
        self._partial = output / f".{self.place.name}.partial"
        folder = scratch / channel
        folder.mkdir()
        self._sheet = SheetFiles(sheet_for(channel, settings.columns), folder)
        self._sums = (folder / SUMS).open("w", encoding="utf-8")
        self._names, self._count = set[str](), 0
        self._zip = zipfile.ZipFile(self._partial, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._sheet.close()
        self._sums.close()
        self._partial.unlink(missing_ok=True)

    def add(self, file: Selected, said: Saying, content: Content) -> None:
        """Add a file, with its row in the sheet; TooLarge, and nothing is added, if its placement takes less."""
        limit = limit_of(file.row.placement)
        if limit is not None and file.slot.part is Part.FILE and content.size_bytes > limit:
            raise TooLarge(content.size_bytes, file.row.placement, limit)
        name = self._name(file)
        path = f"{FILES}/{name}.{file.extension}"
        self._put(path, content.file)
        self._count += 1
        if file.slot.part is Part.FILE:
            self._sheet.write(_values(file, said, self.settings, path))

    def _name(self, file: Selected) -> str:
        """Return a name that no file of the package has, whatever the case of letters."""
        name = name_of(file.slot, file.shown, self.settings.file)
        if f"{name}.{file.extension}".lower() in self._names:
            name = f"{name}_{file.slot.id[:8]}"
        self._names.add(f"{name}.{file.extension}".lower())
        return name

    def _put(self, path: str, file: Path) -> None:
        """Copy a file into the zip, and write its checksum down in the same pass."""
        member, hashed = zipfile.ZipInfo(path, BEGINNING), hashlib.sha256()
        member.external_attr, member.file_size = 0o644 << 16, file.stat().st_size
        with file.open("rb") as source, self._zip.open(member, "w") as target:
            while block := source.read(BLOCK):
                hashed.update(block)
                target.write(block)
        self._sums.write(f"{hashed.hexdigest()}  {path}\n")

    def finished(self) -> Package:
        """Put sheets and checksums behind the files, and the zip at its place."""
        self._sheet.close()
        for sheet in self._sheet.files:
            self._put(sheet.name, sheet)
        self._sums.close()
        member = zipfile.ZipInfo(SUMS, BEGINNING)
        member.external_attr = 0o644 << 16
        with Path(self._sums.name).open("rb") as source, self._zip.open(member, "w") as target:
            shutil.copyfileobj(source, target, BLOCK)
        self._zip.close()
        self._partial.replace(self.place)
        return Package(
            channel=self.channel, file=self.place, files=self._count, size_bytes=self.place.stat().st_size,
            sheets=tuple(sheet.name for sheet in self._sheet.files), note=self._sheet.sheet.note,
            shortened=self._sheet.shortened, quoted=self._sheet.quoted, dropped_links=self._sheet.dropped_links,
            lacking=tuple(sorted(self._sheet.lacking)),
        )  # fmt: skip


def _values(file: Selected, said: Saying, settings: Packages, path: str) -> dict[str, str]:
    """Return what the columns of a sheet may show of a file."""
    row, known, moves = file.row, said.metadata, bool(file.row.seconds) and file.row.format in MOVING
    name = path.rpartition("/")[2]
    parts = placeholder_values(file.slot, file.shown)
    link, tags = filled_link(settings.landing_page, parts), utm_parameters(settings.utm, parts)
    copy = {each: plain(getattr(row, each), LONGEST_LINE) for each in COPY_FIELDS if each not in row.dropped}
    copy = dict.fromkeys(COPY_FIELDS, "") | copy
    return {
        **{each: copy[each] for each in ("headline", "offer", "price", "call_to_action", "legal")},
        "body": copy["subheadline"],
        "campaign": parts["campaign"],
        "campaign_name": known.campaign_name,
        "ad_group": name_of(file.slot, file.shown, settings.ad_group),
        "ad_name": name.rpartition(".")[0],
        "file": path,
        "image": "" if moves else name,
        "image_path": "" if moves else path,
        "video": name if moves else "",
        "media_url": filled_link(settings.media_url, {"file": name}),
        "title": known.title,
        "alt_text": known.alt_text,
        "description": known.description,
        "keywords": ", ".join(known.keywords),
        "product": row.product,
        "product_name": known.product_name,
        "locale": row.locale,
        "language": parts["language"],
        "markets": ", ".join(known.markets),
        "audience": known.audience,
        "channel": row.channel,
        "placement": row.placement,
        "size": parts["size"],
        "link": link,
        "tagged_link": tagged(link, tags),
        "url_tags": tags,
        "embargo": known.embargo,
        "expiry": known.expiry,
    }
