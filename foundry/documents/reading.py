"""Documents in files."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from foundry.documents.decoding import decode
from foundry.documents.json_text import load_json
from foundry.documents.limits import LIMITS, DocumentLimits
from foundry.documents.yaml_text import load_yaml
from foundry.errors import Problem, shorten
from foundry.lfs_pointer import REMEDY, pointer_clause

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*YAML_SUFFIXES, ".json", ".jsonl")


def read_bytes(
    path: Path, limits: DocumentLimits = LIMITS, *, where: str | None = None, code: str = "bad_document"
) -> bytes:
    """Return the bytes of a regular file within the limit of size; sentences call it `where`, or else by its path.

    A named pipe or device is refused without waiting for it, and a file that grows is read to the limit only.
    """
    where = where or str(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Problem(where, "", "cannot be read (it is not a file)", "name a file", code)
            data = stream.read(limits.size_bytes + 1)
            size = max(os.fstat(descriptor).st_size, len(data))
    except (OSError, ValueError) as error:
        wrong = f"cannot be read ({getattr(error, 'strerror', None) or 'its name is no name of a file'})"
        raise Problem(where, "", wrong, "name an existing file that you may read", code) from error
    if size > limits.size_bytes:
        wrong = f"{size} bytes; the limit is {limits.size_bytes}"
        raise Problem(where, "", wrong, "split it into several files", code)
    if pointer := pointer_clause(data):
        raise Problem(where, "", f"is {pointer}", REMEDY, code)
    return data


def read_yaml(
    path: Path, limits: DocumentLimits = LIMITS, *, where: str | None = None, code: str = "bad_document"
) -> Any:
    """Return the only document of a YAML file; sentences call it `where`, or else by its path."""
    where = where or str(path)
    return only_document(
        load_yaml(read_bytes(path, limits, where=where, code=code), where, limits, code=code), where, code
    )


def only_document(documents: list[Any], where: str, code: str = "bad_document") -> Any:
    """Return the only one of the documents that `where` holds; a Problem of `code` if there are none or several."""
    if len(documents) != 1:
        wrong = f"it holds {len(documents)} documents" if documents else "it is empty"
        raise Problem(where, "", wrong, "write one document", code)
    return documents[0]


def read_json(
    path: Path, limits: DocumentLimits = LIMITS, *, where: str | None = None, code: str = "bad_document"
) -> Any:
    """Return the value of a JSON file; sentences call it `where`, or else by its path."""
    where = where or str(path)
    return load_json(read_bytes(path, limits, where=where, code=code), where, limits, code=code)


def read_document(path: Path, limits: DocumentLimits = LIMITS, *, code: str = "bad_document") -> list[Any]:
    """Return the documents of a YAML, JSON or JSON Lines file, by the file's ending."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        wrong = f"is refused: documents are read from {', '.join(SUFFIXES)}"
        raise Problem(path.name, shorten(path.suffix), wrong, "rename it", code)
    data = read_bytes(path, limits, where=path.name, code=code)
    if suffix in YAML_SUFFIXES:
        return load_yaml(data, path.name, limits, code=code)
    if suffix == ".jsonl":
        return _lines(decode(data, path.name, limits, code), path.name, limits, code)
    whole = load_json(data, path.name, limits, code=code)
    return whole if isinstance(whole, list) else [whole]


def _lines(text: str, name: str, limits: DocumentLimits, code: str) -> list[Any]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > limits.documents:
        wrong = f"it holds {len(lines)} documents; the limit is {limits.documents}"
        raise Problem(name, "", wrong, "split it into several files", code)
    return [load_json(line.encode(), f"{name} line {number}", limits, code=code) for number, line in lines]
