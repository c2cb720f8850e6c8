"""Texts that are written: YAML that the strict loader reads back, and files that nobody finds half written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml


class _PlainDumper(yaml.SafeDumper):
    """A dumper that writes a value out wherever it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is the library's
        return True


def _text(dumper: _PlainDumper, text: str) -> yaml.ScalarNode:
    """Return a text as a node; the library loses the line break U+0085 unless it escapes it in double quotes."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\x85" in text else None)


_PlainDumper.add_representer(str, _text)


def yaml_text(content: Any, width: int = 100) -> str:
    """Return plain values as YAML in the order of their keys, in lines of about `width` characters."""
    return str(yaml.dump(content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=width))


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file under another name and rename it, so that a crash leaves the old file or the new one.

    Text becomes UTF-8. A link stays one, and what is no regular file, such as a device, is written to and never
    replaced. OSError, under the name of `path`, if that is impossible.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = path.resolve()
    waiting = target.with_name(f".writing-{os.getpid()}")
    try:
        with waiting.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(target)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
