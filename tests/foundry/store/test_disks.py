"""A full or read-only disk: an error of the system that passes, nothing half written, and the same call works later."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.inputs.door import FileKind, Signature, receive
from foundry.inputs.spool import user_spool
from foundry.store.object_store import SCRATCH, LocalStore

pytestmark = pytest.mark.root
ANY = FileKind("any", 10_000_000, (Signature(b""),), "", "")
BYTES = 2 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={BYTES},mode=0700", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def again(folder: Path, rights: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{rights}", str(folder)], check=True)


def test_a_store_on_a_full_disk_writes_nothing_and_goes_on_when_there_is_room(disk: Path) -> None:
    own = LocalStore(disk).for_tenant("aurelle")
    with pytest.raises(OSError, match="No space left") as full:
        own.put_once("one", bytes(BYTES + 1))
    assert full.value.errno == errno.ENOSPC
    with pytest.raises(OSError, match="No space left"), own.replacing("view") as file:
        file.write_bytes(bytes(BYTES + 1))
    assert list(own.list()) == []
    assert list((disk / SCRATCH).iterdir()) == []
    assert own.put_once("one", b"1")
    assert own.get("one") == b"1"


def test_a_store_on_a_read_only_disk_is_read_and_not_written(disk: Path) -> None:
    own = LocalStore(disk).for_tenant("aurelle")
    own.put_once("one", b"1")
    again(disk, "ro")
    assert own.exists("one")
    assert own.get("one") == b"1"
    assert not own.put_once("one", b"2")
    with pytest.raises(OSError, match="Read-only") as refused:
        own.put_once("two", b"2")
    assert refused.value.errno == errno.EROFS
    again(disk, "rw")
    assert own.put_once("two", b"2")


def test_a_spool_on_a_full_disk_keeps_nothing_of_the_file(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    (tmp_path / "large").write_bytes(bytes(BYTES + 1))
    with pytest.raises(OSError, match="No space left"):
        receive(tmp_path, "large", ANY)
    assert list(user_spool().folder.iterdir()) == []
    (tmp_path / "small").write_bytes(b"1")
    assert receive(tmp_path, "small", ANY).read() == b"1"
