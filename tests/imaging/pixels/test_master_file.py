"""Masters keep every level they are given, say how many bits they have, and are read without a shift."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.card.card import ModelCard
from foundry.manifest import MasterRecord, as_json, master_from_json
from foundry.store.object_store import CorruptObject, LocalStore, crc32c
from imaging.pixels.levels import chance_plane
from imaging.pixels.master_file import (
    bits_of,
    decode_master,
    encode_master,
    half_in,
    head_bytes,
    master_image,
    master_levels,
    pyramid,
)
from imaging.pixels.reduction import halve
from models.drawing import Enlarged
from models.registry import card
from pipelines.campaign.flow import ingest
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler, painted
from transforms.generate import write_master
from transforms.stored_masters import load_master

A_RECORD = MasterRecord(
    name="n",
    address="a",
    tenant="t",
    prompt="",
    negative_prompt="",
    caption="",
    ignored_words=(),
    seed=1,
    attempts=(),
    bucket="square",
    mirrored=False,
    width_px=1,
    height_px=1,
    product_box=None,
    product_picture=None,
    model="m",
    model_version="1",
    weights_sha256="",
    upscaler="u",
    screen="s",
    cost_usd="0",
    size_bytes=1,
    crc32c="c",
    bits=16,
)


def soft() -> np.ndarray:  # type: ignore[type-arg]
    """A dark gradient so slow that one of 256 levels spans 60 px, and plain black and white."""
    line = np.linspace(0.10, 0.14, 640, dtype=np.float32)[None, :, None]
    made = np.broadcast_to(line, (700, 640, 3)).copy()
    made[:20], made[20:40] = 0, 1
    return made


def test_sixteen_bits_come_back_as_they_were() -> None:
    levels = np.random.default_rng(0).integers(0, 65536, (301, 203, 3)).astype(np.uint16)
    data = encode_master(levels.astype(np.float32) / 65535, 16, "n")
    assert bits_of(data) == 16
    assert np.array_equal(decode_master(data), levels)


def test_eight_bits_are_dithered_by_the_shots_name_alone() -> None:
    first, again, other = (encode_master(soft(), 8, name) for name in ("a", "a", "b"))
    assert first == again
    assert first != other
    levels = decode_master(first)
    assert levels.dtype == np.uint8
    assert np.abs(levels[40:] / 255 - soft()[40:]).max() < 2 / 255
    with Image.open(io.BytesIO(first)) as stored:
        assert np.array_equal(np.asarray(stored), levels)


def test_the_file_says_srgb_and_nothing_that_changes_from_run_to_run() -> None:
    data = encode_master(soft(), 16, "n")
    kinds, at = [], 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kinds.append(data[at + 4 : at + 8].decode())
        at += size + 12
    assert kinds[:3] == ["IHDR", "sRGB", "haLF"]
    assert set(kinds[3:-1]) == {"IDAT"}
    assert kinds[-1] == "IEND"
    assert encode_master(soft(), 16, "another") == data


def test_layouts_get_sixteen_bits_dithered_and_neither_cut_off_nor_shifted() -> None:
    shown = np.asarray(master_image(encode_master(soft(), 16, "n")), np.float32)
    assert shown[:20].max() == 0
    assert shown[20:40].min() == 255
    assert abs(float((shown[40:] - soft()[40:] * 255).mean())) < 0.02
    columns = shown[40:, :, 0].mean(axis=0)
    assert np.abs(columns - soft()[50, :, 0] * 255).max() < 0.25  # rounding alone would be half a level off


def test_every_level_is_dithered_as_its_definition_says() -> None:
    levels = np.random.default_rng(1).permutation(np.arange(1_024 * 64 * 3) % 65_536)
    levels = levels.reshape(1_024, 64, 3).astype(np.uint16)
    levels[600:610], levels[610:620] = 65_535, 0
    noise = np.rint(chance_plane(0, 1_024, 64) * 257).astype(np.int64)
    wanted = np.clip((levels + noise + 128) // 257, 0, 255)
    shown = np.asarray(master_image(encode_master(levels.astype(np.float64) / 65_535, 16, "n")))
    assert np.array_equal(shown, wanted)


def test_other_bytes_are_no_master() -> None:
    with pytest.raises(ValueError, match="this is none"):
        decode_master(b"GIF89a")
    with pytest.raises(ValueError, match="cut off"):
        decode_master(encode_master(soft(), 16, "n")[:60])


@pytest.mark.parametrize("bits", [8, 16])
def test_the_card_decides_the_bits_and_the_record_says_them(tmp_path: Path, bits: int) -> None:
    each = admitted(tmp_path)
    upscale = card("lanczos", "upscale").model_copy(update={"bits": bits})
    plan = dataclasses.replace(each.plan, cards=dataclasses.replace(each.plan.cards, upscale=upscale))
    store = LocalStore(tmp_path / "store")
    ingest(plan, each.inputs, store)
    order = next(iter(plan.shots()))
    pixels = painted(order, 1)
    (drawing,) = PaintingHandler().run_inference([order], PaintingHandler().load_model())
    write_master(Enlarged(drawing, pixels), {plan.digest: plan}, store)
    own = store.for_tenant(order.tenant)
    record = master_from_json(own.get(order.record))
    assert record.bits == bits_of(own.get(order.master)) == bits
    master, facts = load_master(order, store)
    assert master.size == (facts.width_px, facts.height_px) == (pixels.shape[1], pixels.shape[0])
    assert master.levels.shape == pixels.shape
    assert np.array_equal(master.half, half_in(own.get(order.master), order.master))


@pytest.mark.parametrize("bits", [8, 16])
def test_half_the_size_lies_before_the_pixels_and_other_readers_pass_over_it(bits: int) -> None:
    import cv2

    data = encode_master(soft(), bits, "n")
    length = head_bytes(data)
    assert 0 < length < len(data)
    half, whole = half_in(data[:length], "m"), master_levels(data)
    assert np.array_equal(half, halve(whole))
    assert np.array_equal(
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1], decode_master(data)
    )
    with Image.open(io.BytesIO(data)) as stored:
        stored.load()
        assert stored.size == (640, 700)


def test_a_slow_gradient_does_not_band_at_half_its_size() -> None:
    data = encode_master(soft(), 16, "n")
    columns = half_in(data[: head_bytes(data)], "m")[25:, :, 0].astype(np.float64).mean(axis=0)
    assert np.abs(columns - soft()[50, :, 0].reshape(-1, 2).mean(axis=1) * 255).max() < 0.3


@pytest.mark.parametrize("shape", [(701, 640, 3), (700, 639, 3), (1, 1, 3)])
def test_an_odd_edge_has_no_copy_of_half_its_size(shape: tuple[int, int, int]) -> None:
    data = encode_master(np.zeros(shape, np.float32), 16, "n")
    assert head_bytes(data) == 0
    assert master_levels(data).shape == shape


@pytest.mark.parametrize("cut", [10, 45, 60, -1])
def test_a_head_that_is_cut_off_or_changed_is_an_outage(cut: int) -> None:
    data = encode_master(soft(), 16, "n")
    head = data[: head_bytes(data)]
    changed = head[:80] + bytes([head[80] ^ 1]) + head[81:]
    for wrong in (head[:cut], changed):
        with pytest.raises(CorruptObject, match=r"masters/m\.png, its first \d+ bytes"):
            half_in(wrong, "masters/m.png")


def test_a_master_that_changed_in_its_store_is_an_outage(tmp_path: Path) -> None:
    store, data = LocalStore(tmp_path), encode_master(soft(), 16, "n")
    record = dataclasses.replace(
        A_RECORD, address="m.png", width_px=640, height_px=700, crc32c=crc32c(data), head_bytes=head_bytes(data)
    )
    store.put_once("m.png", data)
    assert pyramid(record, store).levels.shape == (700, 640, 3)
    (tmp_path / "m.png").write_bytes(data[:-30] + b"!" + data[-29:])
    with pytest.raises(CorruptObject, match=r"m\.png"):
        _ = pyramid(record, store).levels
    assert pyramid(record, store).half is not None


def test_bits_change_a_cards_digest_and_old_records_have_eight() -> None:
    stated = card("lanczos", "upscale").model_dump()
    eight, sixteen = (ModelCard.model_validate({**stated, "bits": bits}) for bits in (8, 16))
    assert eight.digest != sixteen.digest
    raw = json.loads(as_json(A_RECORD))
    del raw["bits"], raw["head_bytes"]
    old = master_from_json(json.dumps(raw))
    assert (old.bits, old.head_bytes) == (8, 0)
