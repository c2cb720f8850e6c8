"""Folders of tenants and cards whose masters are small, for tests of the commands and of the dispatcher."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from foundry.documents import read_yaml
from models.registry import CARDS
from tests.support.briefs import EXAMPLES, SMALL_MASTERS

SMALL_MODELS = {"upscale": "small@1", "screen": "measured"}
"""The models of a tenant that draws with the embedded model, enlarges a little and judges without networks."""


def small_card(folder: Path) -> Path:
    """Write a folder of cards with `small@1`, the resampler for small masters, and return it."""
    content = read_yaml(CARDS / "lanczos.yaml") | {"id": "small", "stage": "candidate"}
    content["sizes"] = {bucket: list(size) for bucket, size in SMALL_MASTERS.items()}
    folder.mkdir(exist_ok=True)
    (folder / "small.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def small_tenants(folder: Path, **models: str) -> None:
    """Write the example tenants to `folder/tenants`, with models whose card is written to `folder/cards`.

    `models` are others in their place.
    """
    small_card(folder / "cards")
    shutil.copytree(EXAMPLES / "tenants", folder / "tenants")
    for file in (folder / "tenants").glob("*/tenant.yaml"):
        fields = read_yaml(file) | {"models": SMALL_MODELS | models}
        file.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
