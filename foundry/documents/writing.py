"""YAML texts that the strict loader reads back."""

from __future__ import annotations

from typing import Any

import yaml


class _PlainDumper(yaml.SafeDumper):
    """A dumper that writes a value out wherever it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is the library's
        return True


def yaml_text(content: Any, width: int = 100) -> str:
    """Return plain values as YAML in the order of their keys, in lines of about `width` characters."""
    return str(yaml.dump(content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=width))
