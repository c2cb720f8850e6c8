"""The parts of the embedded pipeline, in stock diffusers and transformers classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.backdrop.colours import all_colour_words, level_of_word

LATENT_CHANNELS = 8
PATCH = 8
CODE = 16
"""Pixels of the picture per code, each way: a patch of the picture at half its size."""
TEXT_WIDTH = 192
SIDES, SIDE_LENGTH = ("left", "right", "top"), 12.0


class PatchCodes:
    """A fixed linear encoder: principal components of 8 × 8 patches, taken of the picture at half its size.

    The components are scaled for the denoiser: the leading one has unit deviation, the others keep the square root
    of their ratio to it, so that fine detail is heard without outshouting colour. They are those of patches and of
    their mirror images, so each is even or odd from left to right, and `signs` turns codes into a mirrored
    picture's.
    """

    def __init__(self, mean: NDArray[np.float32], basis: NDArray[np.float32], scale: NDArray[np.float32]):
        self.mean, self.basis, self.scale = mean, basis, scale

    @classmethod
    def fit(cls, pictures: list[NDArray[np.uint8]]) -> PatchCodes:
        """Principal components over the patches of some pictures."""
        patches = np.concatenate([_patches(picture)[::7] for picture in pictures])
        mean = patches.mean(axis=0)
        mean = (mean + _turned(mean)) / 2
        spread = (patches - mean).T @ (patches - mean) / len(patches)
        turn = _turned(np.arange(len(mean)))
        values, vectors = np.linalg.eigh((spread + spread[turn][:, turn]) / 2)
        top = np.argsort(values)[::-1][:LATENT_CHANNELS]
        deviation = np.sqrt(values[top])
        scale = deviation * np.sqrt(deviation[0] / deviation)
        return cls(mean, vectors[:, top].astype(np.float32), scale.astype(np.float32))

    @property
    def signs(self) -> NDArray[np.float32]:
        """(channels,) 1 for even and -1 for odd components: codes[:, :, ::-1] * signs is the mirrored picture."""
        kin = (self.basis * self.basis[_turned(np.arange(len(self.mean)))]).sum(axis=0)
        return np.asarray(np.sign(kin), np.float32)

    def encode(self, picture: NDArray[np.uint8]) -> NDArray[np.float16]:
        """(8, height/16, width/16) float16 codes of a uint8 picture."""
        small = halved(picture)
        h, w = small.shape[0] // PATCH, small.shape[1] // PATCH
        codes = (_patches(small) - self.mean) @ self.basis / self.scale
        return np.asarray(codes.reshape(h, w, LATENT_CHANNELS).transpose(2, 0, 1), np.float16)

    def save(self, path: Path) -> None:
        """As one .npz file."""
        np.savez(path, mean=self.mean, basis=self.basis, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> PatchCodes:
        """From a file of `save`."""
        with np.load(path) as stored:
            return cls(stored["mean"], stored["basis"], stored["scale"])


def halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture at half its size, each pixel the mean of four."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    fours = picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    return np.asarray(fours.mean(axis=(1, 3), dtype=np.float32) + 0.5, np.uint8)


def _turned(patch: NDArray[Any]) -> NDArray[Any]:
    """A flat patch, mirrored left to right."""
    return patch.reshape(PATCH, PATCH, 3)[:, ::-1].reshape(-1)


def _patches(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    h, w = picture.shape[0] // PATCH, picture.shape[1] // PATCH
    cut = picture[: h * PATCH, : w * PATCH].astype(np.float32) / 127.5 - 1
    blocks = cut.reshape(h, PATCH, w, PATCH, 3).transpose(0, 2, 1, 3, 4)
    return np.asarray(blocks.reshape(h * w, -1), np.float32)


BLOCKS = (3, 3, 2, 1, 1)


def decoder(levels: int = len(BLOCKS)) -> Any:
    """AutoencoderTiny, whose decoder alone is trained, since codes come from `PatchCodes`.

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


def grown(small: Any) -> Any:
    """The full decoder, begun as a trained four-level one whose picture is enlarged by repetition."""
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


def denoiser() -> Any:
    """A small conditional UNet; pooled text joins the time embedding inside it."""
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


def text_encoder(vocabulary: int, start: int, end: int, length: int) -> Any:
    """A two-layer CLIP text model."""
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


def start_words(text: Any, tokenizer: Any) -> None:
    """Embeddings to begin with: colour words near by level, and left, right and top far apart.

    A colour's words start as waves of their level, so that near levels mean nearly the same. The sides start at
    twenty times the usual length: what they decide is worth so little of the loss that from a usual start the text
    encoder learns to drop them.
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


def save_tensors(tensors: dict[str, Any], path: Path) -> None:
    """A .safetensors file, whole or not at all."""
    from safetensors.torch import save_file

    scratch = path.with_suffix(".tmp")
    save_file({name: value.contiguous().clone() for name, value in tensors.items()}, scratch)
    scratch.rename(path)
