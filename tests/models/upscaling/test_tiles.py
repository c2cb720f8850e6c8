"""Tiles are exact, show no seam, and shrink where memory runs out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from imaging.pixels.rows import gather, rows_of
from models.upscaling.learned_upscaler import LearnedUpscaler
from models.upscaling.network import enlarge_bicubic
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS, enlarge_in_tiles
from tests.models.upscaling.pictures import CARD, large_photograph


def test_tiles_are_the_untiled_picture_and_show_no_seam(crisp: LearnedUpscaler) -> None:
    pixels = large_photograph()
    tiled = gather(enlarge_in_tiles(rows_of(pixels), crisp, 2))
    with torch.inference_mode():
        whole = crisp.call(torch.from_numpy(pixels).permute(2, 0, 1)[None], 2)[0].permute(1, 2, 0).clamp(0, 1).numpy()
    assert np.abs(tiled - whole).max() <= 1 / 255
    across = np.abs(np.diff(tiled, axis=0)).mean(axis=(1, 2))
    along = np.abs(np.diff(tiled, axis=1)).mean(axis=(0, 2))
    for steps, border in ((across, 2 * TILE_ROWS - 1), (along, 2 * TILE_COLUMNS - 1)):
        around = np.concatenate([steps[border - 12 : border], steps[border + 1 : border + 13]])
        assert steps[border] <= around.max()


def test_a_tile_that_is_too_large_is_halved_and_the_picture_is_the_same(crisp: LearnedUpscaler) -> None:
    areas: list[int] = []

    def short_of_memory(tile: torch.Tensor, scale: int) -> torch.Tensor:
        areas.append(tile.shape[2] * tile.shape[3])
        if len(areas) == 1:
            raise torch.OutOfMemoryError("injected")
        return crisp.call(tile, scale)

    pixels = large_photograph()[:64, :200]
    failing = LearnedUpscaler(CARD, "cpu", crisp.scales, crisp.margin, short_of_memory)
    made = gather(enlarge_in_tiles(rows_of(pixels), failing, 2))
    assert np.abs(made - gather(enlarge_in_tiles(rows_of(pixels), crisp, 2))).max() < 1e-5
    assert len(areas) == 3
    assert all(area < areas[0] for area in areas[1:])


def test_memory_that_never_suffices_is_an_error(crisp: LearnedUpscaler) -> None:
    def hopeless(tile: torch.Tensor, scale: int) -> torch.Tensor:
        raise torch.OutOfMemoryError("injected")

    failing = LearnedUpscaler(CARD, "cpu", crisp.scales, crisp.margin, hopeless)
    with pytest.raises(torch.OutOfMemoryError):
        gather(enlarge_in_tiles(rows_of(np.zeros((40, 40, 3), np.float32)), failing, 2))


def test_even_alpha_passes_the_network_by_and_other_alpha_does_not(crisp: LearnedUpscaler) -> None:
    calls: list[int] = []

    def counted(tile: torch.Tensor, scale: int) -> torch.Tensor:
        calls.append(tile.shape[1])
        return crisp.call(tile, scale)

    counting = LearnedUpscaler(CARD, "cpu", crisp.scales, crisp.margin, counted)
    pixels = np.concatenate([large_photograph()[:20, :30], np.full((20, 30, 1), 0.5, np.float32)], axis=2)
    made = gather(enlarge_in_tiles(rows_of(pixels), counting, 2))
    assert calls == [3]
    assert (made[..., 3] == 0.5).all()
    pixels[:10, :, 3] = 1
    gather(enlarge_in_tiles(rows_of(pixels), counting, 2))
    assert calls == [3, 3, 3]


def test_a_grey_picture_stays_one_channel(crisp: LearnedUpscaler) -> None:
    grey = large_photograph()[:20, :30].mean(axis=2, keepdims=True)
    made = gather(enlarge_in_tiles(rows_of(grey), crisp, 2))
    assert made.shape == (40, 60, 1)
    assert 0 <= made.min() <= made.max() <= 1


def test_a_smooth_tile_is_interpolated_within_the_cards_tolerance(crisp: LearnedUpscaler) -> None:
    down, across = np.mgrid[0:200, 0:300].astype(np.float32)
    wall = np.stack([0.5 + 0.3 * np.sin(down / 90), 0.4 + across / 900, 0.6 - down / 800], axis=2).astype(np.float32)
    called: list[int] = []

    def counted(tile: torch.Tensor, scale: int) -> torch.Tensor:
        called.append(scale)
        return crisp.call(tile, scale)

    counting = replace(crisp, call=counted)
    smooth = gather(enlarge_in_tiles(rows_of(wall), counting, 4))
    assert called == []
    learned = gather(enlarge_in_tiles(rows_of(wall), replace(counting, plain=None), 4))
    assert called
    inside = slice(4 * crisp.margin, -4 * crisp.margin)  # at the picture's edges the network sees its own padding
    assert np.abs(smooth - learned)[inside, inside].max() < CARD.tolerance / 255


def test_a_tile_with_an_edge_is_enlarged_by_the_network(crisp: LearnedUpscaler) -> None:
    edge = np.full((64, 64, 3), 0.4, np.float32)
    edge[:, 40:] = 0.45
    made = gather(enlarge_in_tiles(rows_of(edge), crisp, 2))
    plain = gather(enlarge_in_tiles(rows_of(edge), replace(crisp, call=enlarge_bicubic), 2))
    assert np.abs(made - plain).max() > 0.002
