"""`python -m lab.hash_weights CARD.yaml` writes the SHA-256 of the card's weight files into the card."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from foundry.card.card import ModelCard
from models.registry import weights_of


def stamp(path: Path) -> dict[str, str]:
    """Replace the card's `weights` section, which must be its last; returns it."""
    text = path.read_text(encoding="utf-8")
    card = ModelCard.model_validate({**yaml.safe_load(text), "path": path})
    found = weights_of(card.folder)
    head = text.split("\nweights:")[0].rstrip()
    body = yaml.safe_dump({"weights": found}, sort_keys=True, width=200)
    path.write_text(f"{head}\n{body}", encoding="utf-8")
    return found


if __name__ == "__main__":
    for name in sys.argv[1:]:
        stamp(Path(name))
