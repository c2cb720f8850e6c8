"""`python -m lab.hash_weights CARD.yaml` writes the hashes of a card's weight files into the card."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from models.registry import weights_of
from models.registry.folders import read_card


def write_hashes(path: Path) -> dict[str, str]:
    """Replace the section `weights` of a card file, which must be its last, and return it: file → SHA-256."""
    text = path.read_text(encoding="utf-8")
    card = read_card(path)
    hashes = weights_of(card.folder)
    head = text.split("\nweights:")[0].rstrip()
    body = yaml.safe_dump({"weights": hashes}, sort_keys=True, width=200)
    path.write_text(f"{head}\n{body}", encoding="utf-8")
    return hashes


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_hashes(Path(name))
