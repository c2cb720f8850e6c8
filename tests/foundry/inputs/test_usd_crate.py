"""Texts of binary USD layers, packed as OpenUSD packs them, and layers that are broken or swell."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import lz4.block
import pytest

from foundry.inputs.usd_crate import MAX_TEXT_BYTES, MAX_TEXTS, files_named_in_crate, tokens_of
from tests.support.product_models import usdc

TEXTS = tuple(f"/World/Bottle/Mesh_{number}" for number in range(200))
PLAIN = b"".join(text.encode() + b"\0" for text in TEXTS)


def layer(packed: bytes, size: int) -> bytes:
    """A layer whose TOKENS section has this packed content and says that it holds `size` bytes."""
    section = struct.pack("<QQQ", len(TEXTS), size, len(packed)) + packed
    head = b"PXR-USDC" + bytes((0, 8, 0, 0, 0, 0, 0, 0)) + struct.pack("<q", 24 + len(section))
    return head + section + struct.pack("<Q16sqq", 1, b"TOKENS", 24, len(section))


def block(plain: bytes) -> bytes:
    return bytes(lz4.block.compress(plain, store_size=False))


def test_texts_that_repeat_are_read_from_one_block() -> None:
    packed = block(PLAIN)
    assert len(packed) < len(PLAIN) / 2
    assert tokens_of(layer(b"\0" + packed, len(PLAIN))) == TEXTS


def test_texts_are_read_from_several_blocks() -> None:
    halves = [block(PLAIN[:3000]), block(PLAIN[3000:])]
    packed = b"\2" + b"".join(struct.pack("<i", len(half)) + half for half in halves)
    assert tokens_of(layer(packed, len(PLAIN))) == TEXTS


def test_texts_without_repetition_are_read() -> None:
    assert tokens_of(usdc("metersPerUnit", "upAxis")) == ("metersPerUnit", "upAxis")


@pytest.mark.parametrize("size", [len(PLAIN) - 1, 10, 0])
def test_a_block_that_holds_more_than_its_section_says_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="packed wrongly, or are longer than it says"):
        tokens_of(layer(b"\0" + block(PLAIN), size))


def test_blocks_that_together_hold_more_than_their_section_says_are_refused() -> None:
    one = block(PLAIN)
    packed = b"\2" + 2 * (struct.pack("<i", len(one)) + one)
    with pytest.raises(ValueError, match="longer than it says"):
        tokens_of(layer(packed, len(PLAIN) + 10))


def test_a_section_that_would_swell_beyond_the_limit_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ValueError, match="its texts are out of bounds"):
        tokens_of(layer(b"\0" + block(PLAIN), MAX_TEXT_BYTES + 1))


@pytest.mark.parametrize("packed", [b"", b"\0", b"\0\x35abc\x09\x00", b"\3\xff\xff\xff\x7f"])
def test_a_broken_section_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"packed wrongly|broken at its table"):
        tokens_of(layer(packed, 100))


@pytest.mark.parametrize("data", [b"", b"PXR-USDC", b"PXR-USDC\0\3" + bytes(60), usdc("upAxis")[:-8]])
def test_what_is_no_whole_crate_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a binary USD layer|broken at its table"):
        tokens_of(data)


LAYERS = Path(__file__).with_name("layers")


@pytest.mark.parametrize(
    ("layer_name", "named"),
    [
        ("plain", set()),
        ("anim", set()),
        ("refint", set()),
        ("asset", {"/etc/secret"}),
        ("assetnl", {"../a b\xe9/" + "x" * 500 + ".weird"}),
        ("assetts", {"/etc/one", "/etc/two"}),
        ("assetarr", {"/etc/one", "/etc/two"}),
        ("custom", {"/etc/custom"}),
        ("ref", {"/srv/other.usd"}),
        ("payload", {"../other.usd"}),
        ("sub", {"../other.usd"}),
        ("variant", {"./v.usd"}),
        ("clips", {"value clips (clips)"}),
    ],
)
def test_the_files_that_a_layer_of_openusd_names_are_found_wherever_they_stand(
    layer_name: str, named: set[str]
) -> None:
    assert files_named_in_crate((LAYERS / f"{layer_name}.usdc").read_bytes()) == named


@pytest.mark.parametrize("layer_name", ["asset", "ref", "assetts", "variant"])
def test_a_damaged_layer_is_read_or_refused_and_nothing_else(layer_name: str) -> None:
    data = (LAYERS / f"{layer_name}.usdc").read_bytes()
    for at in range(0, len(data), 3):
        mutant = bytearray(data)
        mutant[at] ^= 0xFF
        with contextlib.suppress(ValueError):
            assert isinstance(files_named_in_crate(bytes(mutant)), set)


def test_many_empty_texts_do_not_swell() -> None:
    plain = bytes(MAX_TEXTS + 1)
    with pytest.raises(ValueError, match=f"more than {MAX_TEXTS} texts"):
        tokens_of(layer(b"\0" + block(plain), len(plain)))
