"""The start of a training from a finished model's weights instead of from nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.training.weight_files import save_tensors

CODES = Path(__file__).with_name("patch_codes.npz")
"""The encoder of the embedded model; its decoder and its denoiser understand no other codes."""


def start_from(pipeline: Path, folder: Path) -> None:
    """Put a pipeline's decoder, text encoder and denoiser, and the codes they were trained on, into a work folder.

    The denoiser stage then begins with these weights, at step 0 of its schedule; the decoder stage is finished.
    """
    from safetensors.torch import load_file

    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CODES, folder / "patch_codes.npz")
    decoder = load_file(pipeline / "vae" / "diffusion_pytorch_model.safetensors")
    save_tensors({name: tensor.float() for name, tensor in decoder.items()}, folder / "decoder.safetensors")
    parts = {
        "text": load_file(pipeline / "text_encoder" / "model.safetensors"),
        "net": load_file(pipeline / "unet" / "diffusion_pytorch_model.safetensors"),
    }
    tensors = {f"{part}.{name}": tensor.float() for part, own in parts.items() for name, tensor in own.items()}
    save_tensors(tensors, folder / "denoiser.start.safetensors")
