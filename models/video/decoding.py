"""Decoding of a clip's latents in pieces of time, equal to the VAE's own decoding of the whole.

- Wan and CogVideoX are causal in time and keep a cache between pieces: their own loops are followed, piece by piece.
- HunyuanVideo, and LTX if it is asked to, decode overlapping tiles of time and blend them: tiles are made and blended
  in the same order, and each is released when the next has been blended with it.
- Any other VAE (LTX by default: each frame depends on the whole clip) decodes the whole at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def decode_in_chunks(vae: Any, latents: Tensor, arguments: tuple[Any, ...] = ()) -> Iterator[Tensor]:
    """Yield tensors (1, 3, frames, height, width) in [-1, 1], in order of time."""
    kind = type(vae).__name__
    if vae.use_tiling:  # tiles in space span all frames
        yield vae.decode(latents, *arguments, return_dict=False)[0]
    elif kind == "AutoencoderKLWan":
        yield from _decode_wan(vae, latents)
    elif kind == "AutoencoderKLCogVideoX":
        yield from _decode_cogvideox(vae, latents)
    elif _long_enough_to_tile(vae, latents):
        yield from _decode_tiles_of_time(vae, latents, arguments)
    else:
        yield vae.decode(latents, *arguments, return_dict=False)[0]


def _decode_wan(vae: Any, latents: Tensor) -> Iterator[Tensor]:
    """Decode one latent frame at a time, as AutoencoderKLWan._decode does."""
    import torch
    from diffusers.models.autoencoders.autoencoder_kl_wan import unpatchify

    vae.clear_cache()
    ready = vae.post_quant_conv(latents)
    for frame in range(latents.shape[2]):
        vae._conv_idx = [0]  # noqa: SLF001 - the state of the loop that is followed here
        opening = {"first_chunk": True} if frame == 0 else {}
        part = ready[:, :, frame : frame + 1]
        chunk = vae.decoder(part, feat_cache=vae._feat_map, feat_idx=vae._conv_idx, **opening)  # noqa: SLF001 - see above
        if vae.config.patch_size is not None:
            chunk = unpatchify(chunk, patch_size=vae.config.patch_size)
        yield torch.clamp(chunk, min=-1.0, max=1.0)
    vae.clear_cache()


def _decode_cogvideox(vae: Any, latents: Tensor) -> Iterator[Tensor]:
    """Decode a few latent frames at a time, the odd ones with the first, as AutoencoderKLCogVideoX._decode does."""
    at_once, count = vae.num_latent_frames_batch_size, latents.shape[2]
    cache, start = None, 0
    for piece in range(max(count // at_once, 1)):
        stop = at_once * (piece + 1) + count % at_once
        part = latents[:, :, start:stop]
        if vae.post_quant_conv is not None:
            part = vae.post_quant_conv(part)
        chunk, cache = vae.decoder(part, conv_cache=cache)
        start = stop
        yield chunk


def _long_enough_to_tile(vae: Any, latents: Tensor) -> bool:
    if not getattr(vae, "use_framewise_decoding", False):
        return False
    shortest: int = vae.tile_sample_min_num_frames // vae.temporal_compression_ratio
    return int(latents.shape[2]) > shortest


def _decode_tiles_of_time(vae: Any, latents: Tensor, arguments: tuple[Any, ...]) -> Iterator[Tensor]:
    """Decode overlapping tiles and blend them, as `_temporal_tiled_decode` of HunyuanVideo and of LTX does.

    A tile after the first has one frame too many: LTX drops its last, HunyuanVideo its first.
    """
    ratio, stride = vae.temporal_compression_ratio, vae.tile_sample_stride_num_frames
    length, overlap = vae.tile_sample_min_num_frames // ratio, vae.tile_sample_min_num_frames - stride
    surplus = slice(None, -1) if type(vae).__name__ == "AutoencoderKLLTXVideo" else slice(1, None)
    left, before = (latents.shape[2] - 1) * ratio + 1, None
    for start in range(0, latents.shape[2], stride // ratio):
        part = latents[:, :, start : start + length + 1]
        if hasattr(vae, "post_quant_conv"):
            part = vae.post_quant_conv(part)
        tile = vae.decoder(part, *arguments)
        if before is None:
            kept = tile[:, :, : stride + 1]
        else:
            tile = vae.blend_t(before, tile[:, :, surplus], overlap)
            kept = tile[:, :, :stride]
        before = tile
        yield kept[:, :, :left]
        left -= kept.shape[2]
