"""The export of trained weights as a pipeline folder that diffusers reads."""

from __future__ import annotations

from pathlib import Path

from lab.training.backdrop.denoiser_training import SHIFT, untrained_networks
from lab.training.backdrop.networks import decoder


def export_pipeline(folder: Path, target: Path) -> None:
    """Write a stock `StableDiffusionPipeline` folder with fp16 weights, from the newest weights in `folder`."""
    import torch
    from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline
    from safetensors.torch import load_file
    from transformers import CLIPTokenizer

    vae = decoder()
    vae.load_state_dict(load_file(_newest(folder, "decoder")))
    text, net = untrained_networks(folder)
    networks = torch.nn.ModuleDict({"text": text, "net": net})
    networks.load_state_dict(load_file(_newest(folder, "denoiser", "denoiser.partial")))
    scheduler = DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT, steps_offset=1
    )
    StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"),
        unet=net,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(dtype=torch.float16).save_pretrained(target, safe_serialization=True)


def _newest(folder: Path, *names: str) -> Path:
    """Return the first of the named weights that is there; FileNotFoundError if none is."""
    for name in names:
        if (folder / f"{name}.safetensors").exists():
            return folder / f"{name}.safetensors"
    raise FileNotFoundError(f"{folder} holds none of {', '.join(names)}; train first")
