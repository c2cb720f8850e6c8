"""Paths of files at targets: plain, told apart, and the same whatever version of a file lies there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.delivery.paths import Shown, path_of, scope_folder
from foundry.delivery.slot import Slot
from foundry.delivery.target import Naming

SLOT = Slot(
    tenant="aurelle", scope="campaign:spring", product="serum", scene="studio", locale="de-DE", placement="meta/story"
)
SHOWN = Shown(regions=("DE", "AT"), channel="meta", width_px=1_080, height_px=1_920, extension="jpg")


def test_a_path_has_the_channels_folder_and_tells_the_slot() -> None:
    assert path_of(SLOT, SHOWN, Naming()) == f"spring/meta/serum_studio_de-DE_meta-story_a01_{SLOT.id}.jpg"


def test_every_placeholder_has_its_value() -> None:
    naming = Naming(
        folder="{campaign}/{catalog}/{market}/{language}/{audience}",
        file="{size} {format} {product} {scene} {locale} {placement} {channel} {alternative} {slot}",
    )
    path = path_of(replace(SLOT, scope="catalog:shop", audience="Frühaufsteher, 25–40"), SHOWN, naming)
    folder, _, name = path.rpartition("/")
    assert folder == "shop/shop/DE-AT/de/Fr-haufsteher-25-40"
    assert name.startswith("1080x1920 jpg serum studio de-DE meta-story meta 01 ")


def test_a_folder_without_a_value_is_left_out() -> None:
    naming = Naming(folder="{audience}/{catalog}/{channel}", file="{slot}")
    assert path_of(SLOT, SHOWN, naming) == f"meta/{SLOT.id}.jpg"


@pytest.mark.parametrize("folder", [" ", "_a", "-a", "{audience}_/x", " a /b ", "{audience}{catalog}", "a/{catalog}/b"])
def test_no_part_of_a_path_is_empty_or_hides_a_file(folder: str) -> None:
    parts = path_of(SLOT, SHOWN, Naming(folder=folder, file="{slot}")).split("/")
    assert all(part and not part.startswith((".", "_", " ")) for part in parts)


TEXTS = st.text(max_size=80)


@given(product=TEXTS, scene=TEXTS, audience=TEXTS, regions=st.lists(TEXTS, max_size=5), folder=st.sampled_from(
    ["{campaign}/{channel}", "{product}/{audience}", "{market}", "", "{product}{product}{product}{scene}{audience}"]
))  # fmt: skip
def test_any_texts_make_a_plain_path_that_holds_the_slot(folder: str, regions: list[str], **texts: Any) -> None:
    slot = replace(SLOT, **texts)
    path = path_of(slot, replace(SHOWN, regions=tuple(regions)), Naming(folder=folder))
    assert slot.id in path
    assert path.isascii()
    assert path.isprintable()
    assert all(part.strip("._- ") and not part.startswith((".", "_")) for part in path.split("/"))
    assert all(len(part) <= 190 for part in path.split("/"))


@pytest.mark.parametrize(
    ("scope", "folder", "wanted"),
    [
        ("campaign:spring", "{campaign}/{channel}", "spring"),
        ("catalog:shop", "{campaign}/{channel}", "shop"),
        ("campaign:spring", "brand/{campaign}/x/{product}", "brand/spring/x"),
        ("campaign:spring", "brand/{product}", "brand/spring"),
        ("campaign:spring", "brand", "brand/spring"),
        ("campaign:spring", "", "spring"),
        ("campaign:spring", "{catalog}/{channel}", "spring"),
    ],
)
def test_what_closes_a_delivery_lies_in_a_folder_of_the_scope_alone(scope: str, folder: str, wanted: str) -> None:
    assert scope_folder(scope, Naming(folder=folder, file="{slot}")) == wanted
