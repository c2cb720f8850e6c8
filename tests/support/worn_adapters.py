"""The adapters that are on a pipeline, read from its own modules."""

from __future__ import annotations

from models.diffusion.loaded import LoadedPipeline


def worn_names(loaded: LoadedPipeline) -> list[str]:
    """Return the names of everything adapter-like in the pipeline's own modules."""
    found = []
    for name, part in loaded.pipeline.components.items():
        if hasattr(part, "named_modules"):
            found += [f"{name}.{inner}" for inner, _ in part.named_modules() if "lora_" in inner]
            found += [f"{name}.peft_config"] if getattr(part, "peft_config", None) else []
    hidden = getattr(getattr(loaded.pipeline, "unet", None), "encoder_hid_proj", None)
    if type(hidden).__name__ == "MultiIPAdapterImageProjection":
        found.append("image_encoder")
    return found + (["controlnet"] if loaded.controlnet is not None else [])
