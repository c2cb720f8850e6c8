"""A brief that is written into another folder still names its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.relocating import copy_files, files_named_by, renamed_for
from foundry.brief.intake import parse
from foundry.errors import Unusable
from tests.support.briefs import a_brief

FILM = {"music": "loop.wav", "voice_over": {"en-US": "voices/en.wav"}}


def ordered() -> dict[str, object]:
    products = [
        {"id": "serum", "name": "Serum", "picture": "pictures/serum.png"},
        {"id": "mug", "name": "Mug", "model": "mug.glb"},
    ]
    return a_brief(products=products, film=FILM)


def test_names_follow_from_a_folder_above(tmp_path: Path) -> None:
    (tmp_path / "from" / "agency").mkdir(parents=True)
    brief = parse(ordered())
    renamed = renamed_for(brief, tmp_path / "from" / "agency", tmp_path)
    assert renamed is not None
    assert list(files_named_by(renamed)) == [f"from/agency/{name}" for name in files_named_by(brief)]
    assert renamed.messages == brief.messages


def test_names_stay_in_the_same_folder(tmp_path: Path) -> None:
    brief = parse(ordered())
    assert renamed_for(brief, tmp_path / "x" / "..", tmp_path) is brief


def test_a_folder_that_is_not_above_has_no_names_for_the_files(tmp_path: Path) -> None:
    assert renamed_for(parse(ordered()), tmp_path, tmp_path / "out") is None


def test_files_are_copied_once_below_the_other_folder(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "target"
    (home / "pictures").mkdir(parents=True)
    (home / "pictures" / "serum.png").write_bytes(b"png")
    names = ("pictures/serum.png", "absent.png", "../outside.png", "pictures")
    (tmp_path / "outside.png").write_bytes(b"secret")
    assert copy_files(names, home, target) == ("pictures/serum.png",)
    assert (target / "pictures" / "serum.png").read_bytes() == b"png"
    assert copy_files(names, home, target) == ()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "home" / "serum.png").symlink_to(tmp_path / "secret")
    assert copy_files(["serum.png"], tmp_path / "home", tmp_path / "target") == ()


def test_another_file_of_the_name_is_never_overwritten(tmp_path: Path) -> None:
    for folder, data in (("home", b"new"), ("target", b"old")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "serum.png").write_bytes(data)
    with pytest.raises(Unusable, match="is another file than the brief's; name another folder with --output"):
        copy_files(["serum.png"], tmp_path / "home", tmp_path / "target")
    assert (tmp_path / "target" / "serum.png").read_bytes() == b"old"
