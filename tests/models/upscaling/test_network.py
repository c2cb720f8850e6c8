"""The network enlarges by its scales from a bounded surrounding, and is stored without loss of what it draws."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.upscaling.network import SCALES, CompactUpscaler, enlarge_bicubic, read_network, write_network


@pytest.fixture(scope="module")
def network() -> CompactUpscaler:
    torch.manual_seed(2)
    made = CompactUpscaler(4, 1).eval()
    for head in made.heads.values():
        torch.nn.init.normal_(head.weight, std=0.1)
    return made


@pytest.mark.parametrize("scale", SCALES)
def test_an_untrained_network_draws_what_bicubic_does(scale: int) -> None:
    torch.manual_seed(1)
    pixels = torch.rand(1, 3, 9, 7)
    with torch.inference_mode():
        made = CompactUpscaler(8, 1)(pixels, scale)
    assert made.shape == (1, 3, 9 * scale, 7 * scale)
    assert (made - enlarge_bicubic(pixels, scale)).abs().max() < 0.05


@pytest.mark.parametrize("scale", SCALES)
def test_a_pixel_depends_on_nothing_beyond_the_reach(network: CompactUpscaler, scale: int) -> None:
    pixels = torch.rand(1, 3, 21, 21)
    changed = pixels.clone()
    changed[..., 10, 10] = 1 - changed[..., 10, 10]
    with torch.inference_mode():
        moved = (network(pixels, scale) - network(changed, scale)).abs().amax(dim=(0, 1)) > 1e-6
    rows = moved.any(dim=1).nonzero() // scale
    assert network.reach == 4
    assert 10 - network.reach <= int(rows.min())
    assert int(rows.max()) <= 10 + network.reach
    assert int(moved.sum()) > scale * scale


def test_a_written_network_comes_back_within_half_precision(network: CompactUpscaler, tmp_path: Path) -> None:
    write_network(network, tmp_path / "new" / "folder")
    again = read_network(tmp_path / "new" / "folder")
    assert (again.channels, again.blocks) == (4, 1)
    assert not again.training
    pixels = torch.rand(1, 3, 8, 8)
    with torch.inference_mode():
        assert (network(pixels, 2) - again(pixels, 2)).abs().max() < 1e-2
