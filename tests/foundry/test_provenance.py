"""XMP metadata: well-formed whatever the copy says, the same for the same variant, and read back."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from foundry.copy import Copy
from foundry.plan.variant import Variant
from foundry.provenance import asset_of, xmp
from foundry.source_types import COMPOSITE, TRAINED
from tests.support.briefs import admitted

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(scope="module")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    plan = admitted(tmp_path_factory.mktemp("brief")).plan
    return next(plan.variants(next(plan.shots())))


def parsed(packet: bytes) -> ET.Element:
    """The packet as an XML parser reads it."""
    return ET.fromstring(packet.decode())


def test_the_asset_and_its_tenant_are_read_back(variant: Variant) -> None:
    assert asset_of(b"bytes before" + xmp(variant) + b"bytes after") == ("aurelle", variant.name)
    assert asset_of(b"a file of somebody else") is None


def test_the_same_variant_has_the_same_packet(variant: Variant) -> None:
    assert xmp(variant, "Aurelle") == xmp(replace(variant), "Aurelle")


@pytest.mark.parametrize(
    "headline", ['a < b & c > "d"', "</rdf:li>", "line\nbreak", "\u0000\u000b\ufffe\ud800", "Ünï ❤"]
)
def test_any_copy_makes_well_formed_xml(variant: Variant, headline: str) -> None:
    root = parsed(xmp(replace(variant, copy=Copy(headline=headline))))
    (title,) = root.iter(f"{DC}title")
    kept = "".join(c for c in headline if c not in "\u0000\u000b\ufffe\ud800")
    assert [item.text or "" for item in title.iter(f"{RDF}li")] == [kept, kept]


def test_rights_are_claimed_for_a_named_owner_alone(variant: Variant) -> None:
    assert b"dc:rights" not in xmp(variant)
    root = parsed(xmp(variant, "A & B"))
    assert [item.text for item in root.find(f".//{DC}rights").iter(f"{RDF}li")] == ["© A & B"]  # type: ignore[union-attr]


def test_a_drawn_product_is_told_from_a_photographed_one(variant: Variant) -> None:
    assert COMPOSITE.encode() in xmp(variant)
    drawn = replace(variant, shot=replace(variant.shot, picture=None))
    assert TRAINED.encode() in xmp(drawn)
    assert COMPOSITE.encode() not in xmp(drawn)
