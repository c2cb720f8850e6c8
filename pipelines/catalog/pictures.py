"""The fetching of products' pictures: once per content, politely, checked, into the tenant's inputs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile, mkstemp
from typing import Self

from foundry.catalog.catalog import Catalog
from foundry.inputs.picture import picture_name
from foundry.retrying import Clock, SystemClock
from foundry.store.at_once import map_at_once
from foundry.store.object_store import ObjectStore, get_verified
from pipelines.catalog.host_queues import HostQueues
from pipelines.catalog.picture_book import AddressRecord, PictureBook, due, fresh_until, is_to_be_asked, word
from pipelines.catalog.picture_check import PictureCheck
from pipelines.catalog.picture_request import PictureAnswer, PictureHosts, PictureLimits, Unfetched, url_of
from pipelines.catalog.picture_results import (
    FetchedPicture,
    PictureFault,
    Result,
    known_picture,
    result_without_answer,
)
from pipelines.catalog.picture_round import AT_ONCE, LOOKED_UP, Answered, Job, PictureRound, Work
from pipelines.catalog.setting import CatalogSetting

__all__ = ["FetchedPicture", "PictureCounts", "PictureFault", "PictureFetcher", "due"]
_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass
class PictureCounts:
    """The pictures of a run. fetched: those whose bytes came; kept: those that were there; faults: there is none."""

    fetched: int = 0
    kept: int = 0
    faults: int = 0
    fetched_bytes: int = 0

    def count(self, result: Result) -> None:
        """Take a result in."""
        if isinstance(result, PictureFault):
            self.faults += 1
        elif result.came:
            self.fetched += 1
            self.fetched_bytes += result.size_bytes
        else:
            self.kept += 1


@dataclass
class PictureFetcher:
    """Fetches the pictures of one run of a catalog; a context manager, used by one thread.

    own: the tenant's store. folder: where the pictures of a batch lie as files, for their admission. Addresses are
    https, or, for a catalog whose feed is a file, names of files below the folder of the catalog's files.
    """

    own: ObjectStore
    catalog: Catalog
    setting: CatalogSetting
    folder: Path
    limits: PictureLimits = field(default_factory=PictureLimits)
    clock: Clock = field(default_factory=SystemClock)
    counts: PictureCounts = field(default_factory=PictureCounts)

    def __post_init__(self) -> None:
        policy = self.catalog.pictures
        files = None if "://" in self.catalog.feed.source else self.setting.files
        self.folder.mkdir(parents=True, exist_ok=True)
        self._book = PictureBook(self.own, self.catalog.id)
        self._check = PictureCheck(self.own, self.folder, policy.max_bytes, files)
        self._hosts = PictureHosts(policy, self.limits, self.setting.reach, self.clock, AT_ONCE)
        self._queues: HostQueues[Job] = HostQueues(policy.per_host, policy.pause_ms / 1000, self.limits.first_pause_s)
        self._pool = ThreadPoolExecutor(AT_ONCE + LOOKED_UP, "pictures")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._hosts.close()

    def fetch(self, addresses: Iterable[str], *, recheck: bool = False) -> Iterator[tuple[str, Result]]:
        """Yield each distinct address with its picture or its fault, as they come.

        A host is asked for what is unknown, and for what is due by the policy; with `recheck`, for all that it was not
        asked this night. Memory does not grow with the sizes of pictures. Outages of the store rise.
        """
        work = Work(lambda address: self._look_up(address, recheck=recheck), self._ask)
        for address, result in PictureRound(work, self._queues, self._pool, self.clock).results(_distinct(addresses)):
            self.counts.count(result)
            yield address, result

    def lay(self, contents: Iterable[str]) -> None:
        """Put files with the contents of fetched pictures into `folder`, several at once, by their SHA-256."""
        for _ in map_at_once(self.local, set(contents)):
            pass

    def local(self, sha256: str) -> str:
        """Return the name, below `folder`, of a file with the content of a fetched picture."""
        place = self.folder / sha256
        if not place.exists():
            data = get_verified(self.own, picture_name(sha256), sha256)
            with NamedTemporaryFile(prefix="incoming-", dir=self.folder, delete=False) as arrived:
                arrived.write(data)
            Path(arrived.name).replace(place)
        return sha256

    def discard(self) -> None:
        """Remove the pictures from `folder`, once the batch that needed them is made; other files stay."""
        for file in self.folder.iterdir():
            if _CONTENT.fullmatch(file.name):
                file.unlink(missing_ok=True)
        self._check.forget_laid()

    def _look_up(self, address: str, *, recheck: bool) -> Result | Job:
        """Return what is known of an address, or the job of asking its host."""
        if not _is_text(address):
            return PictureFault("picture_address", "a picture's address holds half a character; correct its encoding")
        if "://" not in address and not address.startswith("//"):
            return self._look_up_file(address)
        known = self._book.read(address)
        if known and not self.own.exists(picture_name(known.sha256)):
            known = None
        days = self.catalog.pictures.recheck_days
        if known and not is_to_be_asked(known, self.setting.now(), days, recheck=recheck):
            return known_picture(known)
        try:
            return Job(address, url_of(address, self.setting.reach).netloc.decode("ascii"), known)
        except Unfetched as wrong:
            return result_without_answer(address, None, wrong)

    def _look_up_file(self, name: str) -> Result:
        try:
            found = self._check.accept_file(name)
        except Unfetched as wrong:
            return result_without_answer(name, None, wrong)
        return FetchedPicture(**vars(found))

    def _ask(self, job: Job) -> Answered:
        handle, name = mkstemp(prefix="incoming-", dir=self.folder)
        arrived = Path(name)
        with open(handle, "wb"):  # noqa: PTH123 - closes the descriptor
            pass
        try:
            answer = self._hosts.ask(url_of(job.address, self.setting.reach), job.known, arrived)
            result = self._judge(job, answer, arrived)
        finally:
            arrived.unlink(missing_ok=True)
        return Answered(result, answer.pause_s)

    def _judge(self, job: Job, answer: PictureAnswer, arrived: Path) -> Result:
        """Return the picture of an answer, and write down what its host said."""
        if job.known and not answer.modified:
            found = known_picture(job.known)
        else:
            checked = self._check.accept(arrived)
            fresh = job.known is None or job.known.sha256 != checked.sha256
            found = FetchedPicture(**vars(checked), came=True, fresh=fresh)
        now = self.setting.now()
        self._book.write(
            AddressRecord(
                address=job.address,
                sha256=found.sha256,
                width_px=found.width_px,
                height_px=found.height_px,
                size_bytes=found.size_bytes,
                asked=now.date().isoformat(),
                etag=word(answer.headers, "etag") or _kept(job, answer, "etag"),
                modified=word(answer.headers, "last-modified") or _kept(job, answer, "modified"),
                fresh_until=fresh_until(answer.headers, now),
            )
        )
        return found


def _kept(job: Job, answer: PictureAnswer, word: str) -> str:
    """Return what was known of an address, where the host says that it is unchanged and not more."""
    return getattr(job.known, word) if job.known and not answer.modified else ""


def _is_text(address: str) -> bool:
    try:
        address.encode()
    except UnicodeEncodeError:
        return False
    return True


def _distinct(addresses: Iterable[str]) -> Iterator[str]:
    """Yield each address once; 16 bytes are kept of each."""
    seen: set[bytes] = set()
    for address in addresses:
        key = hashlib.blake2b(address.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in seen:
            seen.add(key)
            yield address
