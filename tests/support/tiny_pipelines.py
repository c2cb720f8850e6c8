"""Tiny random-weight pipelines of every family, saved as ordinary diffusers folders, and their cards.

The same seed makes the same weights; a family takes about a second. Pictures are noise with structure: enough to see
what changes them and what does not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from tests.support import tiny_parts as parts


def _unet(**changes: Any) -> Any:
    from diffusers import UNet2DConditionModel

    settings: dict[str, Any] = {
        "sample_size": 8,
        "in_channels": 4,
        "out_channels": 4,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "block_out_channels": (16, 32),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "cross_attention_dim": 32,
        "attention_head_dim": 8,
    }
    return UNet2DConditionModel(**{**settings, **changes}).eval()


def _sd15_parts(**unet: Any) -> dict[str, Any]:
    from diffusers import DDIMScheduler

    return {
        "vae": parts.autoencoder(),
        "text_encoder": parts.clip_text(),
        "tokenizer": parts.clip_tokenizer(),
        "unet": _unet(**unet),
        "scheduler": DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, steps_offset=1),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


def stable_diffusion() -> Any:
    """Stable Diffusion 1.5."""
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline(**_sd15_parts())


def stable_diffusion_xl() -> Any:
    """SDXL: two text encoders, pooled text and sizes in the time embedding."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    unet = _unet(
        cross_attention_dim=64,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=80,
        transformer_layers_per_block=(1, 1),
        use_linear_projection=True,
    )
    return StableDiffusionXLPipeline(
        vae=parts.autoencoder(),
        text_encoder=parts.clip_text(),
        text_encoder_2=parts.clip_text(projection=32),
        tokenizer=parts.clip_tokenizer(),
        tokenizer_2=parts.clip_tokenizer(),
        unet=unet,
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1),
        add_watermarker=False,
    )


def stable_diffusion_3() -> Any:
    """SD 3.5: three text encoders, a joint transformer with normed queries and dual attention."""
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    transformer = SD3Transformer2DModel(
        sample_size=8,
        patch_size=1,
        in_channels=16,
        out_channels=16,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=64,
        caption_projection_dim=32,
        pooled_projection_dim=64,
        pos_embed_max_size=32,
        dual_attention_layers=(0,),
        qk_norm="rms_norm",
    ).eval()
    return StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=parts.autoencoder(16, shift_factor=0.06, scaling_factor=1.53),
        text_encoder=parts.clip_text(projection=32),
        tokenizer=parts.clip_tokenizer(),
        text_encoder_2=parts.clip_text(projection=32),
        tokenizer_2=parts.clip_tokenizer(),
        text_encoder_3=parts.t5(64),
        tokenizer_3=parts.t5_tokenizer(),
    )


def flux(*, guidance_embeds: bool = True) -> Any:
    """FLUX.1: dev by default (guidance is an input of the network), schnell without."""
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    transformer = FluxTransformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=guidance_embeds,
    ).eval()
    return FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=parts.autoencoder(shift_factor=0.11, scaling_factor=0.36, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=parts.clip_text(),
        tokenizer=parts.clip_tokenizer(),
        text_encoder_2=parts.t5(),
        tokenizer_2=parts.t5_tokenizer(),
        transformer=transformer,
    )


def flux_2() -> Any:
    """FLUX.2 [klein]: one language model for the text, and a patched autoencoder."""
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    text = Qwen3Config(
        vocab_size=300,
        hidden_size=parts.WIDTH,
        intermediate_size=parts.WIDTH,
        num_hidden_layers=28,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=512,
    )
    transformer = Flux2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=3 * parts.WIDTH,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    ).eval()
    vae = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=4, latent_channels=4, sample_size=64
    ).eval()
    return Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=Qwen3ForCausalLM(text).eval(),
        tokenizer=parts.qwen_tokenizer(),
        transformer=transformer,
    )


def qwen_image() -> Any:
    """Qwen-Image: a language model that sees for the text, a video autoencoder for one frame."""
    from diffusers import (
        AutoencoderKLQwenImage,
        FlowMatchEulerDiscreteScheduler,
        QwenImagePipeline,
        QwenImageTransformer2DModel,
    )
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    text = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": 300,
            "hidden_size": parts.WIDTH,
            "intermediate_size": parts.WIDTH,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1_000_000.0},
        },
        vision_config={
            "depth": 1,
            "hidden_size": parts.WIDTH,
            "intermediate_size": parts.WIDTH,
            "num_heads": 2,
            "out_hidden_size": parts.WIDTH,
        },
    )
    transformer = QwenImageTransformer2DModel(
        in_channels=16,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=parts.WIDTH,
        axes_dims_rope=(4, 4, 8),
    ).eval()
    vae = AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4
    ).eval()
    return QwenImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=Qwen2_5_VLForConditionalGeneration(text).eval(),
        tokenizer=parts.qwen_tokenizer(),
        transformer=transformer,
    )


def _pixart_transformer(extra: bool) -> Any:
    from diffusers import PixArtTransformer2DModel

    return parts.lively(
        PixArtTransformer2DModel(
            num_attention_heads=2,
            attention_head_dim=8,
            in_channels=4,
            out_channels=8,
            num_layers=2,
            norm_num_groups=4,
            cross_attention_dim=16,
            sample_size=8,
            patch_size=2,
            attention_bias=True,
            caption_channels=32,
            use_additional_conditions=extra,
        )
    )


def pixart_alpha() -> Any:
    """PixArt-alpha."""
    from diffusers import DPMSolverMultistepScheduler, PixArtAlphaPipeline

    return PixArtAlphaPipeline(
        parts.t5_tokenizer(), parts.t5(), parts.autoencoder(), _pixart_transformer(False), DPMSolverMultistepScheduler()
    )


def pixart_sigma() -> Any:
    """PixArt-sigma."""
    from diffusers import DPMSolverMultistepScheduler, PixArtSigmaPipeline

    return PixArtSigmaPipeline(
        parts.t5_tokenizer(), parts.t5(), parts.autoencoder(), _pixart_transformer(False), DPMSolverMultistepScheduler()
    )


def sana() -> Any:
    """Sana: linear attention and an autoencoder without one."""
    from diffusers import AutoencoderDC, FlowMatchEulerDiscreteScheduler, SanaPipeline, SanaTransformer2DModel
    from transformers import Gemma2Config, Gemma2Model

    text = Gemma2Config(
        vocab_size=356,
        hidden_size=parts.WIDTH,
        intermediate_size=parts.WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        max_position_embeddings=4_096,
    )
    transformer = SanaTransformer2DModel(
        in_channels=4,
        out_channels=4,
        num_layers=1,
        num_attention_heads=2,
        attention_head_dim=4,
        num_cross_attention_heads=2,
        cross_attention_head_dim=4,
        cross_attention_dim=8,
        caption_channels=parts.WIDTH,
        sample_size=8,
    ).eval()
    vae = AutoencoderDC(
        latent_channels=4,
        attention_head_dim=2,
        encoder_block_types=(*("ResBlock",) * 5, "EfficientViTBlock"),
        decoder_block_types=(*("ResBlock",) * 5, "EfficientViTBlock"),
        encoder_block_out_channels=(8,) * 6,
        decoder_block_out_channels=(8,) * 6,
        encoder_qkv_multiscales=(*((),) * 5, (5,)),
        decoder_qkv_multiscales=(*((),) * 5, (5,)),
        encoder_layers_per_block=(1,) * 6,
        decoder_layers_per_block=(1,) * 6,
        scaling_factor=0.41,
    ).eval()
    scheduler = FlowMatchEulerDiscreteScheduler(shift=3.0)
    return SanaPipeline(parts.gemma_tokenizer(), Gemma2Model(text).eval(), vae, transformer, scheduler)


def kandinsky() -> Any:
    """Kandinsky 2.2, prior and decoder in one folder."""
    from diffusers import (
        DDIMScheduler,
        KandinskyV22CombinedPipeline,
        PriorTransformer,
        UnCLIPScheduler,
        VQModel,
    )

    unet = _unet(
        in_channels=4,
        out_channels=8,
        addition_embed_type="image",
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        encoder_hid_dim=32,
        encoder_hid_dim_type="image_proj",
        resnet_time_scale_shift="scale_shift",
        class_embed_type=None,
    )
    movq = VQModel(
        block_out_channels=(32, 32, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        num_vq_embeddings=12,
        vq_embed_dim=4,
        norm_type="spatial",
    ).eval()
    prior = PriorTransformer(num_attention_heads=2, attention_head_dim=12, embedding_dim=32, num_layers=1)
    return KandinskyV22CombinedPipeline(
        unet=unet,
        scheduler=DDIMScheduler(beta_schedule="linear", clip_sample=False, prediction_type="epsilon"),
        movq=movq,
        prior_prior=parts.lively(prior),
        prior_image_encoder=parts.clip_vision(),
        prior_text_encoder=parts.clip_text(projection=32),
        prior_tokenizer=parts.clip_tokenizer(),
        prior_scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample"),
        prior_image_processor=parts.clip_pictures(),
    )


def consistency() -> Any:
    """A latent consistency model: guidance is an input, a handful of steps."""
    from diffusers import LatentConsistencyModelPipeline, LCMScheduler

    made = _sd15_parts(time_cond_proj_dim=8)
    made["scheduler"] = LCMScheduler(beta_schedule="scaled_linear", clip_sample=False, steps_offset=1)
    return LatentConsistencyModelPipeline(**made)


FAMILIES: dict[str, Callable[[], Any]] = {
    "stable-diffusion": stable_diffusion,
    "stable-diffusion-xl": stable_diffusion_xl,
    "stable-diffusion-3": stable_diffusion_3,
    "flux": flux,
    "flux-schnell": lambda: flux(guidance_embeds=False),
    "flux-2": flux_2,
    "qwen-image": qwen_image,
    "pixart-alpha": pixart_alpha,
    "pixart-sigma": pixart_sigma,
    "sana": sana,
    "kandinsky": kandinsky,
    "consistency": consistency,
    "turbo": stable_diffusion_xl,
}
CHANGES: dict[str, dict[str, Any]] = {
    "flux": {"guidance": "3.5"},
    "consistency": {"guidance": "8.5", "steps": 2},
    "turbo": {
        "guidance": "0",
        "steps": 2,
        "scheduler": {"name": "EulerAncestralDiscreteScheduler", "settings": {"timestep_spacing": "trailing"}},
    },
}


def a_card(folder: Path, **changes: Any) -> ModelCard:
    """A drawing card for a pipeline folder."""
    content: dict[str, Any] = {
        "id": "tiny",
        "version": "1",
        "title": "Tiny",
        "task": "text-to-image",
        "source": {"kind": "directory", "folder": folder.name},
        "licence": "Apache-2.0",
        "allowed_use": "Tests.",
        "training_data": "None: its weights are random.",
        "modes": ["text-to-image", "image-to-image", "inpainting"],
        "sizes": dict.fromkeys(("square", "portrait", "story", "landscape"), (64, 64)),
        "steps": 3,
        "guidance": "4",
        "batch": {"cpu": 8, "cuda": 8},
        "takes": ["lora", "controlnet", "ip-adapter"],
        "cpu_threads": 1,
        "tolerance": 2,
        "unit_cost": {"money": "0", "accelerator_seconds": "0"},
        "stage": "draft",
        "path": folder.parent / "card.yaml",
    }
    return ModelCard.model_validate({**content, **changes})


def tiny(family: str, root: Path, **changes: Any) -> ModelCard:
    """The family's pipeline, saved under `root` if it is not there, and a card for it."""
    import torch

    folder = root / family
    if not folder.exists():
        torch.manual_seed(0)
        parts.saved(FAMILIES[family](), folder)
    return a_card(folder, **{"id": family, **CHANGES.get(family, {}), **changes})
