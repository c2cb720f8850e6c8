"""The index of a campaign's manifest: one small object that names the shards, and says what each of them holds.

The rows lie in shards of some thousand each, as Parquet and as JSON Lines, with their events and dead letters beside
them. A shard's objects are named by their content and never change. The index is replaced in one step, after all that
it names is written, so a reader sees the manifest of one run, whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from foundry.errors import FoundryError
from foundry.letter_figures import LetterFigures
from foundry.manifest import DeadLetter, ManifestRecord, letter_from_json, manifest_from_json
from foundry.names import campaign_folder
from foundry.rates import Rate
from foundry.row_figures import RowFigures
from foundry.spent import NOTHING_SPENT, Spent
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore, crc32c

INDEX = "manifest.json"
ROWS_PER_SHARD = 5_000


class BrokenManifest(FoundryError):
    """An object of a manifest is not what the manifest's index says."""

    code = "broken_manifest"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name, self.why = name, why

    def __str__(self) -> str:
        return f"{self.name} of the manifest {self.why}; run the campaign again, which writes its manifest anew"


class ManifestReplaced(FoundryError):
    """A manifest was written anew while it was read."""

    code = "manifest_replaced"

    def __init__(self, campaign: str) -> None:
        super().__init__(campaign)
        self.campaign = campaign

    def __str__(self) -> str:
        return f"the manifest of {self.campaign} was written anew while it was read; read it again"


@dataclass(frozen=True)
class ShardFile:
    """One object of a shard: name within the tenant's store, size and CRC-32C."""

    name: str
    size_bytes: int
    crc32c: str


@dataclass(frozen=True, kw_only=True)
class ShardEntry:
    """One shard: the variants of a plan at positions `first` to before `first` + 5,000, as far as there are files.

    parquet, lines: one row for each finished file, in the plan's order. events: of the files, finished and refused.
    letters: the dead letters of the files; None without any. figures: sums over the rows. refused: over the letters.
    orders: the number of render orders that it was put together from.
    """

    first: int
    orders: int
    figures: RowFigures
    refused: LetterFigures
    parquet: ShardFile
    lines: ShardFile
    events: ShardFile
    letters: ShardFile | None = None

    @property
    def rows(self) -> int:
        """The number of finished files."""
        return self.figures.rows

    @property
    def failed(self) -> int:
        """The number of refused files."""
        return self.refused.total


@dataclass(frozen=True, kw_only=True)
class ManifestIndex:
    """The sums of a campaign's manifest, and its shards in the plan's order.

    failed: all dead letters; `letters` counts them by stage and code. cost_usd: of all files, at the cards' prices,
    whether they were made now or before; `size_bytes` is theirs too. shot_letters, shot_events: the dead letters of
    shots and clips, which no shard holds, and their events; None without any.

    spent: measured, of what this campaign had made, as its rows bear it. unallocated: of what it had made and no row
    bears, such as shots that were refused. rates: by kind of work, from which quotes follow; the shards have none.
    """

    tenant: str
    campaign: str
    plan: str
    rows: int
    failed: int
    cost_usd: Decimal
    size_bytes: int
    spent: Spent = NOTHING_SPENT
    unallocated: Spent = NOTHING_SPENT
    rates: tuple[Rate, ...] = ()
    letters: LetterFigures = field(default_factory=LetterFigures)
    shards: tuple[ShardEntry, ...] = ()
    shot_letters: ShardFile | None = None
    shot_events: ShardFile | None = None

    @property
    def name(self) -> str:
        """The object name of the index within the tenant's store."""
        return index_name(self.campaign)

    def as_json(self) -> bytes:
        """Return the index as it is stored."""
        return _INDEX.dump_json(self, indent=1) + b"\n"


_INDEX: TypeAdapter[ManifestIndex] = TypeAdapter(ManifestIndex)


def manifest_folder(campaign: str, plan: str) -> str:
    """Return the folder, within the tenant's store, of the shards of a plan's manifest. `plan` is the plan's digest."""
    return f"{campaign_folder(campaign)}/manifest/{plan}"


def index_name(campaign: str) -> str:
    """Return the object name of a campaign's index within the tenant's store."""
    return f"{campaign_folder(campaign)}/{INDEX}"


def index_from_json(name: str, data: bytes) -> ManifestIndex:
    """Return the index from the bytes of the object with this name; BrokenManifest if they are no index."""
    try:
        return _INDEX.validate_json(data)
    except ValidationError as error:
        raise BrokenManifest(name, "is no index") from error


def read_index(own: ObjectStore, campaign: str) -> ManifestIndex | None:
    """Return the index of a campaign's manifest from its tenant's store; None if the campaign has none.

    BrokenManifest if the object is no index.
    """
    name = index_name(campaign)
    try:
        data = own.get(name)
    except NoSuchObject:
        return None
    return index_from_json(name, data)


def files_of(index: ManifestIndex) -> Iterator[ShardFile]:
    """Yield all objects that an index names."""
    for shard in index.shards:
        yield from (shard.parquet, shard.lines, shard.events)
    yield from letter_files(index)
    if index.shot_events:
        yield index.shot_events


def letter_files(index: ManifestIndex) -> Iterator[ShardFile]:
    """Yield the objects with the dead letters: of shots and clips first, then of files in the plan's order."""
    found = (index.shot_letters, *(shard.letters for shard in index.shards))
    return (file for file in found if file)


def each_record(own: ObjectStore, index: ManifestIndex) -> Iterator[ManifestRecord]:
    """Yield the rows of a manifest in the plan's order; one shard is in memory at a time.

    BrokenManifest if a shard is not what the index says, ManifestReplaced if the manifest was written anew meanwhile.
    """
    for shard in index.shards:
        for line in each_line(own, index, shard.lines):
            yield manifest_from_json(line)


def each_letter(own: ObjectStore, index: ManifestIndex) -> Iterator[DeadLetter]:
    """Yield the dead letters of a manifest: of shots and clips first, then of files in the plan's order.

    One shard's are in memory at a time. Errors are those of `each_record`.
    """
    for file in letter_files(index):
        yield from map(letter_from_json, each_line(own, index, file))


def each_line(own: ObjectStore, index: ManifestIndex, file: ShardFile) -> Iterator[bytes]:
    """Yield the lines of one object of a manifest, once it is found to be what the index says.

    Errors are those of `each_record`.
    """
    yield from read_file(own, index, file).splitlines()


def read_file(own: ObjectStore, index: ManifestIndex, file: ShardFile) -> bytes:
    """Return one object of a manifest, checked against the index; errors are those of `each_record`."""
    try:
        data = own.get(file.name)
    except (NoSuchObject, CorruptObject) as error:
        raise explain_damage(own, index, file, "is missing or was changed") from error
    if len(data) != file.size_bytes or crc32c(data) != file.crc32c:
        raise explain_damage(own, index, file, f"has CRC-32C {crc32c(data)}, not {file.crc32c}")
    return data


def explain_damage(own: ObjectStore, index: ManifestIndex, file: ShardFile, why: str) -> FoundryError:
    """Return the error of an object that is not what an index says: ManifestReplaced if there is another index now."""
    if read_index(own, index.campaign) != index:
        return ManifestReplaced(index.campaign)
    return BrokenManifest(file.name, why)
