"""Files are written whole: a crash or a full disk leaves the old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.documents.writing import write_whole


def test_a_file_is_replaced_at_once_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    write_whole(path, "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"
    write_whole(path, b"\x00")
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    write_whole(tmp_path / "link.yaml", "new")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == "new"


def test_a_device_is_written_to_and_stays() -> None:
    write_whole(Path("/dev/null"), "gone")
    assert Path("/dev/null").is_char_device()


def test_a_failed_write_names_the_file_and_keeps_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        write_whole(tmp_path / "none" / "a.yaml", "x")
    assert missing.value.filename == str(tmp_path / "none" / "a.yaml")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "a.yaml", "\ud800")
    assert not list(tmp_path.iterdir())
