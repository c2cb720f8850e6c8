"""Bytes that have arrived are kept, and only silence uses up the tries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.retrying import RetryPolicy
from models.registry.refusals import PullRefused
from models.registry.resumable_fetch import Interrupted, ListedFile, OpenFile, WantedFile, fetch, pause_s
from tests.support.fake_clock import FakeClock

DATA = bytes(range(100))


@dataclass
class BrokenOrigin:
    """Gives so many bytes per connection, then breaks; 0 breaks at once. It remembers where it was opened."""

    gives: list[int]
    size: int | None = len(DATA)
    pause_s: float = 0
    begins_at: int | None = None
    opened: list[int] = field(default_factory=list)

    def list_files(self) -> Mapping[str, ListedFile]:
        """Return the only file."""
        return {"a": ListedFile(self.size)}

    @contextmanager
    def open_file(self, file: str, start: int) -> Iterator[OpenFile]:
        """Open it where it is asked for, or where this origin always begins."""
        self.opened.append(start)
        start = start if self.begins_at is None else self.begins_at
        yield OpenFile(start, self.size, self._blocks(start))

    def _blocks(self, start: int) -> Iterator[bytes]:
        count = self.gives.pop(0) if self.gives else len(DATA)
        if count:
            yield DATA[start : start + count]
        if start + count < len(DATA):
            raise Interrupted("the line is cut", self.pause_s)


def wanted(size: int | None = len(DATA)) -> WantedFile:
    return WantedFile("tiny@1", "a", ListedFile(size))


def quick(clock: FakeClock, attempts: int = 3) -> RetryPolicy:
    return RetryPolicy(attempts=attempts, first_pause_s=1, longest_pause_s=4, clock=clock)


def silent(file: str, here: int, size: int | None) -> None:
    """Watch nothing."""


def test_each_connection_goes_on_where_the_last_one_broke(tmp_path: Path) -> None:
    clock, origin, seen = FakeClock(), BrokenOrigin([30, 20, 10]), list[tuple[str, int, int | None]]()
    fetch(origin, wanted(), tmp_path / "a.part", lambda *progress: seen.append(progress), quick(clock))
    assert (tmp_path / "a.part").read_bytes() == DATA
    assert origin.opened == [0, 30, 50, 60]
    assert seen == [("a", 30, 100), ("a", 50, 100), ("a", 60, 100), ("a", 100, 100)]
    assert clock.sleeps == [1, 1, 1]


def test_tries_without_a_byte_run_out_and_the_part_is_kept(tmp_path: Path) -> None:
    clock, part = FakeClock(), tmp_path / "a.part"
    with pytest.raises(PullRefused, match=r"stopped coming \(the line is cut\) after 3 tries; run the same command"):
        fetch(BrokenOrigin([30, 0, 0, 0]), wanted(), part, silent, quick(clock))
    assert part.read_bytes() == DATA[:30]
    assert clock.sleeps == [1, 2]


def test_a_finished_part_is_not_asked_for(tmp_path: Path) -> None:
    part, origin = tmp_path / "a.part", BrokenOrigin([])
    part.write_bytes(DATA)
    fetch(origin, wanted(), part, silent, quick(FakeClock()))
    assert origin.opened == []


def test_an_origin_that_begins_at_the_start_overwrites_the_part(tmp_path: Path) -> None:
    part, origin = tmp_path / "a.part", BrokenOrigin([], begins_at=0)
    part.write_bytes(b"other bytes")
    fetch(origin, wanted(), part, silent, quick(FakeClock()))
    assert part.read_bytes() == DATA


def test_a_part_longer_than_its_file_is_begun_again(tmp_path: Path) -> None:
    part, origin = tmp_path / "a.part", BrokenOrigin([])
    part.write_bytes(bytes(101))
    fetch(origin, wanted(), part, silent, quick(FakeClock()))
    assert (part.read_bytes(), origin.opened) == (DATA, [0])


def test_a_file_longer_than_its_listing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PullRefused, match="goes on after the 50 bytes that it was listed with"):
        fetch(BrokenOrigin([]), wanted(50), tmp_path / "a.part", silent, quick(FakeClock()))


def test_a_file_of_unknown_length_ends_where_its_origin_ends(tmp_path: Path) -> None:
    fetch(BrokenOrigin([40], size=None), wanted(None), tmp_path / "a.part", silent, quick(FakeClock()))
    assert (tmp_path / "a.part").read_bytes() == DATA


def test_the_origins_wish_is_kept_within_the_longest_pause() -> None:
    policy = RetryPolicy(first_pause_s=1, longest_pause_s=60)
    assert pause_s(policy, 1, Interrupted("busy", 20)) == 20
    assert pause_s(policy, 1, Interrupted("busy", 3600)) == 60
    assert pause_s(policy, 4, Interrupted("busy", 2)) == 8


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 40), max_size=20))
def test_however_the_line_breaks_the_whole_file_arrives(
    tmp_path_factory: pytest.TempPathFactory, gives: list[int]
) -> None:
    part = tmp_path_factory.mktemp("fetch") / "a.part"
    origin = BrokenOrigin(list(gives))
    fetch(origin, wanted(), part, silent, quick(FakeClock(), attempts=2))
    assert part.read_bytes() == DATA
    assert origin.opened == sorted(set(origin.opened))
