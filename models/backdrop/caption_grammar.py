"""The captions that the embedded model reads."""

from __future__ import annotations

from models.backdrop.colours import colour_words


def caption(kind: str, light: str, room: str, colours: tuple[str, str, str]) -> str:
    """Return one caption, always seventeen words: scene, light, calm side, and three words for each "#RRGGBB".

    `colours` are those of wall, floor and accent.
    """
    wall, floor, accent = (colour_words(colour) for colour in colours)
    return f"{kind} light {light} room {room} wall {wall} floor {floor} accent {accent}"


def mirror_side(side: str) -> str:
    """Return the word for a side in the mirrored picture: left and right change places."""
    return {"left": "right", "right": "left"}.get(side, side)
