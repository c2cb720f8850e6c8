"""Batches hold mirrored pairs, twins and single pictures, each with its own caption."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.training.backdrop.captioned_codes import CaptionedCodes, draw_batch, read_codes, tokens_of
from lab.training.backdrop.tokenizer import MAX_TOKENS, write_tokenizer

SIGNS = torch.tensor([1.0, -1.0])


def numbered(count: int = 6, may_turn: tuple[int, ...] = (0, 2, 4)) -> CaptionedCodes:
    """Pictures whose codes and captions carry their number; mirrored captions are 100 higher."""
    numbers = torch.arange(count)
    ramp = torch.tensor([[[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]]])
    captions = numbers[:, None].repeat(1, 3)
    twins = torch.stack([200 + numbers, 300 + numbers], dim=1)
    return CaptionedCodes(
        codes=(10 * numbers[:, None, None, None] + ramp).half(),
        captions=captions,
        mirrored=captions + 100,
        may_turn=torch.tensor([at in may_turn for at in range(count)]),
        shares=torch.ones(count),
        twins=twins[:, :, None, None, None].expand(-1, -1, 2, 1, 3).half(),
        twin_captions=twins[:, :, None].expand(-1, -1, 3),
    )


def draw(data: CaptionedCodes, size: int, seed: int = 1) -> tuple[torch.Tensor, list[int], tuple[int, int]]:
    clean, captions, counts = draw_batch(data, size, SIGNS, torch.Generator().manual_seed(seed))
    return clean, captions[:, 0].tolist(), (counts.mirrored, counts.twins)


def test_a_batch_begins_with_pairs_and_twins_and_is_filled_with_single_pictures() -> None:
    clean, captions, counts = draw(numbered(), 16)
    assert counts == (2, 2)
    assert clean.shape == (16, 2, 1, 3)
    assert [second - first for first, second in zip(captions[:2], captions[2:4], strict=True)] == [100, 100]
    assert [second - first for first, second in zip(captions[4:6], captions[6:8], strict=True)] == [100, 100]
    assert all(caption >= 200 for caption in captions[4:8])
    assert all(caption < 200 for caption in captions[8:])


def test_a_mirrored_picture_has_its_codes_turned_with_signs_and_its_own_caption() -> None:
    clean, captions, _ = draw(numbered(), 16)
    for codes, caption in zip(clean, captions, strict=True):
        if caption >= 200:
            assert (codes == caption).all()
            continue
        number, mirrored = caption % 100, caption >= 100
        plain = 10.0 * number + torch.tensor([1.0, 2.0, 3.0])
        assert torch.equal(codes[0, 0], plain.flip(0) if mirrored else plain)
        assert torch.equal(codes[1, 0], -plain.flip(0) if mirrored else plain)


def test_only_pictures_with_a_calm_top_are_mirrored() -> None:
    mirrored = {
        caption % 100 for seed in range(20) for caption in draw(numbered(), 16, seed)[1] if 100 <= caption < 200
    }
    assert mirrored == {0, 2, 4}


def test_scenes_with_a_larger_share_are_shown_more_often() -> None:
    data = numbered(may_turn=(0,))
    data.shares[5] = 20.0
    captions = [caption for seed in range(20) for caption in draw(data, 16, seed)[1][8:]]
    assert captions.count(5) > 0.5 * len(captions)


def test_a_small_batch_has_no_pairs() -> None:
    _, captions, counts = draw(numbered(), 2)
    assert counts == (0, 0)
    assert len(captions) == 2


def test_a_folder_is_read_by_size_with_captions_as_rendered_and_mirrored(tmp_path: Path) -> None:
    write_tokenizer(tmp_path / "tokenizer")
    base = {"light": "left", "wall": "#8FA088", "floor": "#D8B98A", "accent": "#3F74B8", "seed": 1}
    sizes = {(64, 64): "top", (96, 64): "left"}
    entries = [{**base, "kind": "wood", "room": room, "width_px": w, "height_px": h} for (w, h), room in sizes.items()]
    (tmp_path / "codes.json").write_text(json.dumps(entries))
    (tmp_path / "twins.json").write_text(json.dumps([[entry, {**entry, "kind": "marble"}] for entry in entries]))
    for width, height in sizes:
        np.save(tmp_path / f"codes_{width}x{height}.npy", np.zeros((1, 8, height // 16, width // 16), np.float16))
        np.save(tmp_path / f"twins_{width}x{height}.npy", np.zeros((1, 2, 8, height // 16, width // 16), np.float16))
    square, wide = read_codes(tmp_path)
    assert (square.may_turn.tolist(), wide.may_turn.tolist()) == ([True], [False])
    assert square.shares.tolist() == [3.0]
    assert square.captions.shape == square.mirrored.shape == (1, MAX_TOKENS)
    assert square.twin_captions.shape == (1, 2, MAX_TOKENS)
    assert wide.codes.shape == (1, 8, 4, 6)
    rendered, mirrored = (tokens_of(tmp_path, [f"light {side}"])[0, 2].item() for side in ("left", "right"))
    assert rendered in square.captions[0].tolist()
    assert mirrored in square.mirrored[0].tolist()
    assert mirrored not in square.captions[0].tolist()


@pytest.mark.parametrize("size", [8, 32])
def test_a_batch_has_the_asked_size(size: int) -> None:
    assert len(draw(numbered(), size)[1]) == size
