"""A work folder begins with a finished pipeline's weights in float32 and the embedded encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from lab.training.backdrop.networks import LATENT_CHANNELS, PatchCodes
from lab.training.backdrop.start_weights import CODES, start_from


def test_the_parts_of_a_pipeline_become_the_start_of_a_training(tmp_path: Path) -> None:
    files = {
        "vae": "diffusion_pytorch_model", "text_encoder": "model", "unet": "diffusion_pytorch_model",
    }  # fmt: skip
    for at, (part, name) in enumerate(files.items()):
        (tmp_path / part).mkdir()
        save_file({"weight": torch.full((2,), float(at)).half()}, tmp_path / part / f"{name}.safetensors")
    start_from(tmp_path, tmp_path / "work")
    decoder = load_file(tmp_path / "work" / "decoder.safetensors")
    start = load_file(tmp_path / "work" / "denoiser.start.safetensors")
    assert decoder["weight"].tolist() == [0.0, 0.0]
    assert {name: value.tolist() for name, value in start.items()} == {
        "text.weight": [1.0, 1.0], "net.weight": [2.0, 2.0],
    }  # fmt: skip
    assert {value.dtype for value in (*decoder.values(), *start.values())} == {torch.float32}
    assert (tmp_path / "work" / "patch_codes.npz").read_bytes() == CODES.read_bytes()


def test_the_embedded_models_encoder_is_sound() -> None:
    codes = PatchCodes.load(CODES)
    assert codes.basis.shape == (8 * 8 * 3, LATENT_CHANNELS)
    assert np.allclose(codes.basis.T @ codes.basis, np.eye(LATENT_CHANNELS), atol=1e-4)
    assert np.abs(codes.signs).tolist() == [1.0] * LATENT_CHANNELS
