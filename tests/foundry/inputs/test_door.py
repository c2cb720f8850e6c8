"""The door: one pass, below one folder, without links, and nothing that is exchanged afterwards is ever read."""

from __future__ import annotations

import os
import pickle
import socket
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from foundry.beneath import open_part_by_part
from foundry.errors import Unusable
from foundry.inputs.door import FileKind, Home, ReceivedFile, Signature, receive, receive_path
from foundry.inputs.file_name import ForeignFile, is_file_name
from foundry.inputs.spool import Spool, user_spool
from foundry.names import sha256_file
from tests.support.lfs_pointers import A_POINTER

TEXT = FileKind("text", 1_000, (Signature(b"text"),), "is no text", "give a text")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of files with a file in a folder, and a secret beside it."""
    (tmp_path / "home" / "in").mkdir(parents=True)
    (tmp_path / "home" / "in" / "a.txt").write_text("text of a")
    (tmp_path / "secret.txt").write_text("text of others")
    return tmp_path / "home"


def test_a_file_is_copied_and_hashed(home: Path) -> None:
    found = receive(home, "in/a.txt", TEXT)
    assert (found.name, found.short_name, found.size_bytes) == ("in/a.txt", "a.txt", 9)
    assert found.sha256 == sha256_file(home / "in" / "a.txt")
    assert found.read() == b"text of a"
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.path().stat().st_mode & 0o777 == 0o600
    assert found.path().parent.stat().st_mode & 0o777 == 0o700


FOREIGN = [
    "../secret.txt", "in/../../secret.txt", "/etc/passwd", "in/none.txt", "none/a.txt", "in/a.txt/b", "link.txt",
    "linked/a.txt", "dangling.txt", "outward/secret.txt", "in/A.txt", "in/a.txt.", "in%2Fa.txt", "%2e%2e/secret.txt",
    "in\\a.txt", "C:in/a.txt", "in/a.txt\0", "in/a\n.txt", "in/\u202etxt.a", "~/secret.txt", "file:///etc/passwd", "",
    "a" * 401, "in/" * 16 + "a.txt", "in/a.txt/", "\udcff.txt",
]  # fmt: skip


def with_links(home: Path) -> None:
    (home / "link.txt").symlink_to(home.parent / "secret.txt")
    (home / "linked").symlink_to(home / "in")
    (home / "dangling.txt").symlink_to(home.parent / "none.txt")
    (home / "outward").symlink_to(home.parent)


@pytest.mark.parametrize("name", FOREIGN)
def test_whatever_is_outside_missing_or_linked_gets_the_same_answer(home: Path, name: str) -> None:
    with_links(home)
    with pytest.raises(ForeignFile) as refused:
        receive(home, name, TEXT)
    assert (refused.value.limit, refused.value.remedy) == (ForeignFile("x").limit, ForeignFile("x").remedy)
    assert refused.value.at("film.music").code == refused.value.code == "foreign_file"


@pytest.mark.parametrize("name", [name for name in FOREIGN if "\0" not in name])
def test_without_openat2_the_same_names_are_refused(home: Path, name: str) -> None:
    with_links(home)
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.close(open_part_by_part(folder, "./in//a.txt"))
        if is_file_name(name) and not name.endswith("/"):
            with pytest.raises(OSError):
                open_part_by_part(folder, name)
    finally:
        os.close(folder)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.parametrize("make", [fifo, folder, listening])
def test_what_is_no_regular_file_is_a_sentence_at_once(home: Path, make: Callable[[Path], None]) -> None:
    make(home / "x.txt")
    started = time.monotonic()
    with pytest.raises(Unusable, match=r"x\.txt is not a regular file"):
        receive(home, "x.txt", TEXT)
    assert time.monotonic() - started < 1


def test_a_device_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="zero is not a regular file; give a text"):
        receive_path(Path("/dev/zero"), TEXT)


def test_size_and_format_are_judged_by_the_content(home: Path) -> None:
    (home / "long.txt").write_text("text" * 300)
    with pytest.raises(Unusable, match=r"long\.txt has 1200 bytes; the limit is 1000"):
        receive(home, "long.txt", TEXT)
    (home / "empty.txt").touch()
    with pytest.raises(Unusable, match=r"empty\.txt is empty"):
        receive(home, "empty.txt", TEXT)
    (home / "other.txt").write_text("%!PS")
    with pytest.raises(Unusable, match=r"other\.txt is no text; give a text"):
        receive(home, "other.txt", TEXT)


def test_a_file_whose_size_is_not_told_is_not_read() -> None:
    with pytest.raises(Unusable, match="mountinfo is empty"):
        receive_path(Path("/proc/self/mountinfo"), FileKind("any", 10, (Signature(b""),), "", ""))


def test_a_file_exchanged_after_the_door_is_not_read(home: Path) -> None:
    found = receive(home, "in/a.txt", TEXT)
    (home / "in" / "a.txt").unlink()
    (home / "in" / "a.txt").symlink_to(home.parent / "secret.txt")
    assert found.read() == b"text of a"
    found.path().unlink()
    with pytest.raises(ForeignFile):
        found.read()


def test_an_evicted_copy_is_received_again_and_must_be_the_same(home: Path) -> None:
    found = receive(home, "in/a.txt", TEXT)
    found.path().unlink()
    assert found.read() == b"text of a"
    found.path().unlink()
    (home / "in" / "a.txt").write_text("text, another")
    with pytest.raises(Unusable, match=r"a\.txt was changed after it was admitted; give the order again"):
        found.read()


def test_a_damaged_copy_is_noticed_where_it_is_read(home: Path) -> None:
    found = receive(home, "in/a.txt", TEXT)
    found.path().write_bytes(b"text of b")
    with pytest.raises(Unusable, match="was changed after it was admitted"):
        found.read()
    found.path().unlink()


def test_the_root_may_be_a_link_that_the_operator_made_and_the_folder_below_it_may_not(home: Path) -> None:
    (home.parent / "mount").symlink_to(home)
    assert isinstance(receive(home.parent / "mount", "in/a.txt", TEXT), ReceivedFile)
    assert receive(Home(home.parent / "mount", "in"), "a.txt", TEXT).name == "a.txt"
    (home / "other").symlink_to(home / "in")
    with pytest.raises(ForeignFile):
        receive(Home(home, "other"), "a.txt", TEXT)


def test_a_missing_folder_answers_as_a_missing_file(home: Path) -> None:
    with pytest.raises(ForeignFile):
        receive(home.parent / "none", "a.txt", TEXT)


def test_the_spool_keeps_what_was_used_last(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most_bytes=25)
    for age, name in enumerate("abc"):
        with spool.incoming() as (stream, path):
            stream.write(b"0123456789")
            stream.flush()
            kept = spool.keep(path, name)
        os.utime(kept, (time.time() - 100 + age,) * 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]


def test_the_spool_forgets_old_copies_and_unfinished_ones(tmp_path: Path) -> None:
    for name, hours in (("incoming-x", 2), ("incoming-y", 0), ("old", 7), ("new", 0)):
        (tmp_path / name).write_bytes(b"1")
        os.utime(tmp_path / name, (time.time() - hours * 3600,) * 2)
    with Spool(tmp_path).incoming() as (stream, path):
        stream.write(b"2")
        Spool(tmp_path).keep(path, "newest")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["incoming-y", "new", "newest"]


def test_a_spool_that_belongs_to_others_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    usual = user_spool()
    assert usual.folder.parent == tmp_path / f"campaign-foundry-{os.geteuid()}"
    (tmp_path / "shared").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared" / usual.folder.parent.name).mkdir(mode=0o755)
    other = user_spool()
    assert other.folder.parent == tmp_path / "shared"
    assert other.folder.name != usual.folder.parent.name
    assert other.folder.stat().st_mode & 0o777 == 0o700


COMPOSED, APART = (unicodedata.normalize(form, "Größe/Bild ä.txt") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(("there", "written"), [(COMPOSED, APART), (APART, COMPOSED)])
def test_a_name_in_another_unicode_form_finds_its_file(home: Path, there: str, written: str) -> None:
    (home / there).parent.mkdir()
    (home / there).write_text("text of ä", encoding="utf-8")
    found = receive(home, written, TEXT)
    assert (found.name, found.read()) == (written, "text of ä".encode())
    found.path().unlink()
    assert found.read() == "text of ä".encode()


def test_a_folder_and_a_file_may_be_composed_each_in_its_own_way(home: Path) -> None:
    folder, name = APART.split("/")[0], COMPOSED.split("/")[1]
    (home / folder).mkdir()
    (home / folder / name).write_text("text")
    assert receive(home, COMPOSED, TEXT).size_bytes == receive(home, APART, TEXT).size_bytes == 4


def test_another_unicode_form_leads_into_no_closed_folder_and_through_no_link(home: Path) -> None:
    closed, name = APART.split("/")
    (home / closed).mkdir()
    (home / closed / name).write_text("text of others")
    for written in (APART, COMPOSED, f"{COMPOSED.split('/')[0]}/{name}"):
        with pytest.raises(ForeignFile) as refused:
            receive(Home(home, closed=(closed,)), written, TEXT)
        assert refused.value.near == ""
    (home / "ö.txt").symlink_to(home.parent / "secret.txt")
    with pytest.raises(ForeignFile) as refused:
        receive(home, unicodedata.normalize("NFD", "ö.txt"), TEXT)
    assert refused.value.near == ""


@pytest.mark.parametrize(
    ("there", "written"),
    [
        ("in/Serum Bottle.png", "in/serum-bottle.png"),
        ("in/serum.png", "in/serum.jpg"),
        ("in/serum.PNG", "IN/serum.png"),
        ("in/crème.png", "in/creme.png"),
        ("serum.txt", "serum .txt"),
    ],
)
def test_a_near_match_is_named(home: Path, there: str, written: str) -> None:
    (home / there).write_text("text")
    with pytest.raises(ForeignFile) as refused:
        receive(home, written, TEXT)
    assert refused.value.near == there
    said = f"{ForeignFile('x').limit}; did you mean {there!r}?"
    assert str(refused.value) == f"{written} {said}"
    assert str(refused.value.at("products[0].picture")) == f"products[0].picture: {written!r} {said}"
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_what_the_door_would_not_open_is_no_near_match(home: Path) -> None:
    (home / "Link.txt").symlink_to(home.parent / "secret.txt")
    (home / "Folder.txt").mkdir()
    for written in ("link.txt", "folder.txt", "in/b.txt", "other/a.txt"):
        with pytest.raises(ForeignFile) as refused:
            receive(home, written, TEXT)
        assert (refused.value.near, str(refused.value)) == ("", str(ForeignFile(written)))


def test_a_git_lfs_pointer_is_named_whatever_kind_of_file_is_wanted(home: Path) -> None:
    (home / "a.png").write_bytes(A_POINTER)
    for kind in (TEXT, FileKind("any", 1_000, (Signature(b""),), "", "")):
        with pytest.raises(Unusable) as refused:
            receive(home, "a.png", kind)
        assert str(refused.value) == (
            "a.png is a Git LFS pointer in place of the file, which has 12345 bytes; "
            "fetch the file itself: run `git lfs pull` in its repository"
        )
