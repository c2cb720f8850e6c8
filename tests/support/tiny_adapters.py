"""Tiny random adapters for the tiny pipelines: LoRA, ControlNet, IP-Adapter, each a folder and a card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from models.registry import weights_of
from tests.support import tiny_parts as parts

TARGETS = {
    "unet": ["to_q", "to_v"],
    "transformer": ["to_q", "to_v"],
    "text_encoder": ["q_proj", "v_proj"],
}


def _card(folder: Path, base: ModelCard, kind: str, file: str = "", **changes: Any) -> ModelCard:
    content: dict[str, Any] = {
        "id": folder.name,
        "version": "1",
        "title": "Tiny adapter",
        "task": "adapter",
        "source": {"kind": "directory", "folder": folder.name},
        "weights": weights_of(folder),
        "licence": "Apache-2.0",
        "allowed_use": "Tests.",
        "training_data": "None: its weights are random.",
        "adapter": {"kind": kind, "bases": [base.id], "file": file, "trigger": changes.pop("trigger", "")},
        "unit_cost": {"money": "0", "accelerator_seconds": "0"},
        "stage": "draft",
        "path": folder.parent / "card.yaml",
    }
    return ModelCard.model_validate({**content, **changes})


def _pipeline(base: ModelCard) -> Any:
    from diffusers import DiffusionPipeline

    return DiffusionPipeline.from_pretrained(base.folder, local_files_only=True, use_safetensors=True)


def lora(base: ModelCard, folder: Path, *on: str, seed: int = 0, **changes: Any) -> ModelCard:
    """LoRA weights on the named parts of a pipeline ("unet", "transformer", "text_encoder"); strong, to be seen."""
    import torch
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(seed)
    pipeline = _pipeline(base)
    layers = {}
    for name in on:
        part = getattr(pipeline, name)
        part.add_adapter(LoraConfig(r=4, lora_alpha=16, target_modules=TARGETS[name], init_lora_weights=False))
        layers[f"{name}_lora_layers"] = get_peft_model_state_dict(part, adapter_name="default")
    type(pipeline).save_lora_weights(folder, **layers, safe_serialization=True)
    return _card(folder, base, "lora", "pytorch_lora_weights.safetensors", **changes)


def controlnet(base: ModelCard, folder: Path) -> ModelCard:
    """A ControlNet made from the base's own UNet, its zero layers filled."""
    import torch
    from diffusers import ControlNetModel

    torch.manual_seed(1)
    network = parts.lively(ControlNetModel.from_unet(_pipeline(base).unet))
    network.save_pretrained(folder, safe_serialization=True)
    return _card(folder, base, "controlnet")


def ip_adapter(base: ModelCard, folder: Path) -> ModelCard:
    """An IP-Adapter of four tokens, with its image encoder beside it."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(2)
    unet, width = _pipeline(base).unet, 32
    across = unet.config.cross_attention_dim
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * across, width),
        "image_proj.proj.bias": torch.zeros(4 * across),
        "image_proj.norm.weight": torch.ones(across),
        "image_proj.norm.bias": torch.zeros(across),
    }
    number = 1
    for name, module in unet.named_modules():
        if name.endswith("attn2"):
            for way in ("k", "v"):
                tensors[f"ip_adapter.{number}.to_{way}_ip.weight"] = torch.randn(module.inner_dim, across)
            number += 2
    folder.mkdir(parents=True)
    save_file(tensors, folder / "ip_adapter.safetensors")
    parts.clip_vision(width).save_pretrained(folder / "image_encoder", safe_serialization=True)
    return _card(folder, base, "ip-adapter", "ip_adapter.safetensors")
