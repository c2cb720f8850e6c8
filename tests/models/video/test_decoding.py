"""Latents decoded in pieces of time equal the whole, and few pieces are held at once."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

from models.video.decoding import decode_in_chunks
from tests.support.tiny_video import FAMILIES


@pytest.mark.parametrize("family", ["hunyuan", "ltx"])
def test_long_clips_are_decoded_in_tiles_of_time_equal_to_the_vaes_own(family: str) -> None:
    import torch

    torch.manual_seed(3)
    vae = FAMILIES[family]().vae.eval()
    vae.use_framewise_decoding = True
    latents = torch.randn(1, vae.config.latent_channels, 11, 2, 2)
    with torch.no_grad():
        chunks = list(decode_in_chunks(vae, latents))
        whole = vae.decode(latents, return_dict=False)[0]
    assert len(chunks) > 2
    assert torch.equal(torch.cat(chunks, dim=2), whole)


@pytest.mark.parametrize("family", ["wan", "cogvideox"])
def test_causal_decoders_never_hold_more_than_two_pieces(family: str) -> None:
    import torch

    vae = FAMILIES[family]().vae.eval()
    latents = torch.randn(1, vae.config.get("z_dim") or vae.config.latent_channels, 9, 4, 4)
    alive, most = weakref.WeakSet[Any](), 0
    with torch.no_grad():
        for chunk in decode_in_chunks(vae, latents):
            alive.add(chunk)
            most = max(most, len(alive))
    assert most <= 2


@pytest.mark.parametrize(("family", "frames"), [("wan", 5), ("cogvideox", 5), ("ltx", 3)])
def test_every_family_decodes_the_whole_in_order_of_time(family: str, frames: int) -> None:
    import torch

    torch.manual_seed(4)
    vae = FAMILIES[family]().vae.eval()
    latents = torch.randn(1, vae.config.get("z_dim") or vae.config.latent_channels, frames, 2, 2)
    with torch.no_grad():
        chunks = list(decode_in_chunks(vae, latents))
        whole = vae.decode(latents, return_dict=False)[0]
    joined = torch.cat(chunks, dim=2)
    assert joined.shape == whole.shape
    assert (joined - whole).abs().max() < 1e-5


def test_a_vae_that_tiles_in_space_decodes_at_once() -> None:
    import torch

    vae = FAMILIES["wan"]().vae.eval()
    vae.use_tiling = True
    latents = torch.randn(1, vae.config.z_dim, 3, 2, 2)
    with torch.no_grad():
        assert len(list(decode_in_chunks(vae, latents))) == 1
