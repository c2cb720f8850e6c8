"""Names that are almost those of files."""

from __future__ import annotations

import unicodedata

from foundry.inputs.near_names import MOST_NAMES, equal_paths, near_paths

FOLDERS = {
    "": ["Pictures", "pictures", "notes.txt"],
    "Pictures": ["Serum.png", "serum_2.png"],
    "pictures": ["serum.jpg", "日本.png"],
}


def names_in(folder: str) -> list[str]:
    return FOLDERS.get(folder, [])


def test_every_spelling_of_every_folder_is_looked_at() -> None:
    assert near_paths("PICTURES/serum.webp", names_in) == ["Pictures/Serum.png", "pictures/serum.jpg"]
    assert near_paths("./pictures//Serum-2.jpeg", names_in) == ["Pictures/serum_2.png"]
    assert near_paths("pictures/日本.jpg", names_in) == ["pictures/日本.png"]


def test_nothing_is_near_a_name_of_other_letters() -> None:
    assert near_paths("pictures/cream.png", names_in) == []
    assert near_paths("...", names_in) == []


def test_only_canonical_equivalence_makes_names_equal() -> None:
    composed, apart = (unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD"))
    assert equal_paths(composed, lambda _: [apart, "e.png", "É.png"]) == [apart]
    assert equal_paths("a.png", lambda _: ["a.png"]) == []


def test_a_crowded_folder_is_not_searched() -> None:
    assert near_paths("A.png", lambda _: ["a.png"] * MOST_NAMES) == ["a.png"] * MOST_NAMES
    assert near_paths("A.png", lambda _: ["a.png"] * (MOST_NAMES + 1)) == []
