"""Bytes of the store: what is read and written is paid by those for whom it is done."""

from __future__ import annotations

from pathlib import Path

from foundry.metering.payers import Account, paid_by
from foundry.store.object_store import LocalStore


def test_bytes_are_counted_as_they_are_read_and_when_they_are_written(tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    file = tmp_path / "film"
    file.write_bytes(bytes(50))
    account = Account()
    with paid_by({"": account}):
        assert own.put_once("a", bytes(100))
        assert own.put_file_once("b", file)
        own.get("a")
        own.head("b", 10)
        own.section("b", 40, 60)
        own.fetch(["a", "nothing"])
        own.exists("a")
    assert (account.spent().bytes_written, account.spent().bytes_read) == (150, 100 + 10 + 10 + 100)


def test_an_object_that_is_there_already_was_not_written(tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    own.put_once("a", bytes(100))
    account = Account()
    with paid_by({"": account}):
        assert not own.put_once("a", bytes(100))
    assert account.spent().bytes_written == 0
