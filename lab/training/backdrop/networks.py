"""The networks of the embedded pipeline, in stock diffusers and transformers classes, and its encoder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.backdrop.colours import all_colour_words, level_of_word

if TYPE_CHECKING:
    from diffusers import AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

LATENT_CHANNELS = 8
PATCH = 8
CODE = 16
"""Pixels of the picture per code, each way: a patch of the picture at half its size."""
TEXT_WIDTH = 192
SIDES, SIDE_LENGTH = ("left", "right", "top"), 12.0


class PatchCodes:
    """A fixed linear encoder: principal components of 8 × 8 patches, taken of the picture at half its size.

    The components are scaled for the denoiser: the leading one has unit deviation, the others keep the square root
    of their ratio to it, so that fine detail counts without drowning colour. They are fitted to patches and to their
    mirror images, so each is even or odd from left to right, and `signs` turns codes into a mirrored picture's.
    """

    def __init__(self, mean: NDArray[np.float32], basis: NDArray[np.float32], scale: NDArray[np.float32]) -> None:
        self.mean, self.basis, self.scale = mean, basis, scale

    @classmethod
    def fit(cls, pictures: list[NDArray[np.uint8]]) -> PatchCodes:
        """Return the encoder of the principal components of some pictures' patches."""
        patches = np.concatenate([_patches(picture)[::7] for picture in pictures])
        mean = patches.mean(axis=0)
        mean = (mean + _mirror_patch(mean)) / 2
        spread = (patches - mean).T @ (patches - mean) / len(patches)
        turn = _mirror_patch(np.arange(len(mean)))
        values, vectors = np.linalg.eigh((spread + spread[turn][:, turn]) / 2)
        top = np.argsort(values)[::-1][:LATENT_CHANNELS]
        deviation = np.sqrt(values[top])
        scale = deviation * np.sqrt(deviation[0] / deviation)
        return cls(mean, vectors[:, top].astype(np.float32), scale.astype(np.float32))

    @property
    def signs(self) -> NDArray[np.float32]:
        """(channels,), 1 for even and -1 for odd components: codes[:, :, ::-1] * signs are the mirrored picture's."""
        kin = (self.basis * self.basis[_mirror_patch(np.arange(len(self.mean)))]).sum(axis=0)
        return np.asarray(np.sign(kin), np.float32)

    def encode(self, picture: NDArray[np.uint8]) -> NDArray[np.float16]:
        """Return (8, height/16, width/16) float16 codes of a uint8 picture."""
        small = half_size(picture)
        h, w = small.shape[0] // PATCH, small.shape[1] // PATCH
        codes = (_patches(small) - self.mean) @ self.basis / self.scale
        return np.asarray(codes.reshape(h, w, LATENT_CHANNELS).transpose(2, 0, 1), np.float16)

    def save(self, path: Path) -> None:
        """Write the encoder as one .npz file."""
        np.savez(path, mean=self.mean, basis=self.basis, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> PatchCodes:
        """Return the encoder in a file of `save`."""
        with np.load(path) as stored:
            return cls(stored["mean"], stored["basis"], stored["scale"])


def half_size(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at half its size, each pixel the mean of four."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    fours = picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    return np.asarray(fours.mean(axis=(1, 3), dtype=np.float32) + 0.5, np.uint8)


def _mirror_patch(patch: NDArray[Any]) -> NDArray[Any]:
    """Return a flat patch, mirrored left to right."""
    return patch.reshape(PATCH, PATCH, 3)[:, ::-1].reshape(-1)


def _patches(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    h, w = picture.shape[0] // PATCH, picture.shape[1] // PATCH
    cut = picture[: h * PATCH, : w * PATCH].astype(np.float32) / 127.5 - 1
    blocks = cut.reshape(h, PATCH, w, PATCH, 3).transpose(0, 2, 1, 3, 4)
    return np.asarray(blocks.reshape(h * w, -1), np.float32)


BLOCKS = (3, 3, 2, 1, 1)
"""Blocks of the decoder's levels, from the codes' size to the picture's."""


def decoder(levels: int = len(BLOCKS)) -> AutoencoderTiny:
    """Return an AutoencoderTiny, whose decoder alone is trained, since codes come from `PatchCodes`.

    With all five levels it enlarges codes 16 times, to the picture; with four, to the picture at half its size.
    """
    from diffusers import AutoencoderTiny

    return AutoencoderTiny(
        latent_channels=LATENT_CHANNELS,
        encoder_block_out_channels=(8,) * levels,
        num_encoder_blocks=(1,) * levels,
        decoder_block_out_channels=(32,) * levels,
        num_decoder_blocks=BLOCKS[:levels],
        scaling_factor=1.0,
    )


def add_level(small: AutoencoderTiny) -> AutoencoderTiny:
    """Return the full decoder, which begins as the trained four-level one with its picture enlarged by repetition."""
    import torch

    full = decoder()
    old, new = small.decoder.layers, full.decoder.layers
    shared = len(old) - 1
    for at in range(shared):
        new[at].load_state_dict(old[at].state_dict())
    new[-1].load_state_dict(old[-1].state_dict())
    with torch.no_grad():
        torch.nn.init.dirac_(new[shared + 1].weight).add_(torch.randn(new[shared + 1].weight.shape) * 0.005)
        for value in new[shared + 2].conv[-1].parameters():
            value.mul_(0.05)
    return full


def denoiser() -> UNet2DConditionModel:
    """Return a small conditional UNet; pooled text joins the time embedding inside it."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        down_block_types=("DownBlock2D", "DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D", "UpBlock2D"),
        block_out_channels=(32, 64, 128, 192),
        layers_per_block=1,
        norm_num_groups=16,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=3,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def text_encoder(vocabulary: int, start: int, end: int, length: int) -> CLIPTextModel:
    """Return a two-layer CLIP text model; `start` and `end` are token numbers, `length` is the longest caption's."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=TEXT_WIDTH,
            intermediate_size=4 * TEXT_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=length,
            bos_token_id=start,
            eos_token_id=end,
            pad_token_id=end,
        )
    )


def initialise_words(text: CLIPTextModel, tokenizer: CLIPTokenizer) -> None:
    """Set the first embeddings: colour words near each other by level, and left, right and top far apart.

    A colour's words start as waves of their level, so that near levels mean nearly the same. The sides start at
    twenty times the usual length: they change the loss so little that, from a usual start, the text encoder learns to
    drop them.
    """
    import torch

    table = text.get_input_embeddings().weight
    waves = torch.arange(1, TEXT_WIDTH // 2 + 1) * 0.35
    with torch.no_grad():
        for word in all_colour_words():
            axis, value = level_of_word(word) or ("l", 0.0)
            at = value / 100 * np.pi + 7 * "lab".index(axis)
            row = torch.cat([torch.sin(at * waves), torch.cos(at * waves)]) / waves.repeat(2).sqrt()
            table[tokenizer.convert_tokens_to_ids(word + "</w>")] = 0.03 * row
        apart, _ = torch.linalg.qr(torch.randn(TEXT_WIDTH, len(SIDES)))
        for at, word in enumerate(SIDES):
            table[tokenizer.convert_tokens_to_ids(word + "</w>")] += SIDE_LENGTH * apart[:, at]
