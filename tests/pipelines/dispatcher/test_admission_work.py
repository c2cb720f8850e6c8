"""One record is judged by one state of the folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import BadInput
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.admission_work import TRIES_WHILE_FOLDERS_CHANGE, repeat_if_changed
from tests.support.swapping import swap


def test_a_brief_that_was_refused_while_its_folder_was_exchanged_is_admitted_again(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "tenants", tmp_path / "files")
    own, other = folders.files / "aurelle", folders.files / "circle"
    own.mkdir(parents=True)
    folders.tenants.mkdir()
    other.symlink_to(own)
    tries = []

    def admit() -> int:
        tries.append(own)
        if len(tries) == 1:
            swap(own, other)
            raise BadInput("products[0].picture", "is not there")
        return len(tries)

    assert repeat_if_changed(admit, lambda: folders.state_of("aurelle")) == 2


@pytest.mark.parametrize(("changes", "tries"), [(False, 1), (True, TRIES_WHILE_FOLDERS_CHANGE)])
def test_a_refusal_stands_if_nothing_changed_or_everything_always_does(changes: bool, tries: int) -> None:
    seen: list[int] = []

    def admit() -> None:
        seen.append(len(seen))
        raise BadInput("brief", "is wrong")

    with pytest.raises(BadInput, match="is wrong"):
        repeat_if_changed(admit, lambda: len(seen) if changes else 0)
    assert len(seen) == tries


def test_the_state_of_folders_changes_with_their_names_and_their_entries(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "tenants", tmp_path / "files")
    states = [folders.state_of("aurelle")]
    (folders.files / "aurelle").mkdir(parents=True)
    states.append(folders.state_of("aurelle"))
    assert folders.state_of("aurelle") == states[-1]
    (folders.files / "aurelle" / "a.png").write_bytes(b"")
    states.append(folders.state_of("aurelle"))
    (folders.files / "aurelle").rename(folders.files / "other")
    states.append(folders.state_of("aurelle"))
    assert len(set(states)) == len(states)
