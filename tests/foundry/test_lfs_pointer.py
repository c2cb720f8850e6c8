"""Git LFS pointers are told from all other files by their first line."""

from __future__ import annotations

import pytest

from foundry.lfs_pointer import pointer_clause
from tests.support.lfs_pointers import A_POINTER


@pytest.mark.parametrize(
    ("head", "clause"),
    [
        (A_POINTER, "a Git LFS pointer in place of the file, which has 12345 bytes"),
        (A_POINTER.replace(b"\n", b"\r\n"), "a Git LFS pointer in place of the file, which has 12345 bytes"),
        (A_POINTER.replace(b"git-lfs.github", b"hawser.github"), "a Git LFS pointer in place of the file, which has"),
        (A_POINTER[:60], "a Git LFS pointer in place of the file"),
        (A_POINTER[:60] + b"\nsize " + b"9" * 400, "a Git LFS pointer in place of the file"),
    ],
)
def test_a_pointer_says_how_large_its_file_is_as_far_as_it_tells(head: bytes, clause: str) -> None:
    assert pointer_clause(head).startswith(clause)


@pytest.mark.parametrize(
    "head", [b"", b"version", b"version 2", b"version https://example.org/spec/v1\n", b"# " + A_POINTER, b"\x89PNG"]
)
def test_every_other_file_is_none(head: bytes) -> None:
    assert pointer_clause(head) == ""
