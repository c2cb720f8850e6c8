"""The captions that the embedded model reads."""

from __future__ import annotations

from models.backdrop.colours import colour_words


def caption(kind: str, light: str, room: str, colours: tuple[str, str, str]) -> str:
    """One caption, always seventeen words: scene, light, calm side, and three words for each "#RRGGBB"."""
    wall, floor, accent = (colour_words(colour) for colour in colours)
    return f"{kind} light {light} room {room} wall {wall} floor {floor} accent {accent}"
