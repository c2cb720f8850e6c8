"""Documents in files: by their ending, regular files only, and never more than the limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from foundry.documents import DocumentLimits, read_bytes, read_document, read_json, read_yaml
from foundry.errors import Problem
from tests.support.lfs_pointers import A_POINTER


def test_a_file_is_read_by_its_ending(tmp_path: Path) -> None:
    for name, text in (
        ("a.yaml", "a: 1\n---\nb: 2"),
        ("a.json", '[{"a": 1}, {"b": 2}]'),
        ("a.jsonl", '{"a":1}\n\n{"b":2}\n'),
    ):
        (tmp_path / name).write_text(text)
        assert read_document(tmp_path / name) == [{"a": 1}, {"b": 2}]
    (tmp_path / "b.JSON").write_text("{}")
    assert read_document(tmp_path / "b.JSON") == [{}]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a":1}\n{oops}\n')
    with pytest.raises(Problem, match=r"a\.jsonl line 2 line 1, column 2: not JSON"):
        read_document(tmp_path / "a.jsonl")


def test_more_lines_than_documents_may_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("1\n" * 11)
    with pytest.raises(Problem, match="holds 11 documents; the limit is 10"):
        read_document(tmp_path / "a.jsonl", DocumentLimits(documents=10))


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for path in (
        tmp_path / "pipe.yaml",
        tmp_path / "folder.yaml",
        Path("/dev/zero"),
        tmp_path / "no\0thing",
        tmp_path / "none",
    ):
        with pytest.raises(Problem, match="cannot be read"):
            read_bytes(path)


def test_a_file_over_the_limit_is_refused_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * 11)
    with pytest.raises(Problem, match=r"the file: 11 bytes; the limit is 10"):
        read_bytes(tmp_path / "a.yaml", DocumentLimits(size_bytes=10), where="the file")


def test_one_document_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    assert read_yaml(path) == {"a": 1}
    for text, said in (("", "it is empty"), ("a: 1\n---\nb: 1", "holds 2 documents")):
        path.write_text(text)
        with pytest.raises(Problem, match=said):
            read_yaml(path)
    path.write_text('{"a": 1}')
    assert read_json(path) == {"a": 1}


def test_a_git_lfs_pointer_is_named(tmp_path: Path) -> None:
    (tmp_path / "brief.yaml").write_bytes(A_POINTER)
    with pytest.raises(Problem, match=r"brief\.yaml: is a Git LFS pointer in place of the file.*`git lfs pull`"):
        read_document(tmp_path / "brief.yaml")
