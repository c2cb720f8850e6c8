"""Video pipelines of every family with tiny random weights, saved as folders that cards can name. No downloads.

The networks have the families' own classes and connections; only their widths are small, so what they draw is noise.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from models.registry import weights_of

WORDS = "calm sea at sunset with a bottle on marble slow camera move soft light clutter text"


def unigram() -> Any:
    """A T5 tokenizer that spells letter by letter."""
    from transformers import T5Tokenizer

    letters = [(letter, -3.0) for letter in "abcdefghijklmnopqrstuvwxyz.,-0123456789"]
    return T5Tokenizer(
        vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), ("▁", -2.0), *letters], extra_ids=0, model_max_length=64
    )


def trained(text: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges of a byte-level BPE in which each word of `text` is few tokens."""
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False)
    made.train_from_iterator([text, text], trainer)
    model = json.loads(made.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def llama_tokenizer(template: str) -> Any:
    """A Llama tokenizer that knows the words of a family's prompt template and its special tokens."""
    from transformers import LlamaTokenizerFast

    vocab, merges = trained(f"{template} {WORDS}")
    made = LlamaTokenizerFast(vocab=vocab, merges=merges, pad_token="</s>")
    special = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<image>"]
    made.add_special_tokens({"additional_special_tokens": special})
    return made


def clip_tokenizer() -> Any:
    """A CLIP tokenizer that spells letter by letter."""
    from transformers import CLIPTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz.,-"
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={token: at for at, token in enumerate(tokens)}, merges=[], model_max_length=77)


def t5_encoder() -> Any:
    """A T5 encoder, 16 wide."""
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(
        T5Config(vocab_size=48, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, pad_token_id=0)
    )


def umt5_encoder() -> Any:
    """An UMT5 encoder, 16 wide."""
    from transformers import UMT5Config, UMT5EncoderModel

    return UMT5EncoderModel(
        UMT5Config(vocab_size=48, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, pad_token_id=0)
    )


def llama_config(tokens: int) -> Any:
    """Four layers, 16 wide: the pipelines read the third from the end."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=tokens, hidden_size=16, intermediate_size=16, num_hidden_layers=4,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=2048, pad_token_id=2,
    )  # fmt: skip


def clip_text() -> Any:
    """A CLIP text encoder, 8 wide."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=64, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
            max_position_embeddings=77, projection_dim=8, bos_token_id=58, eos_token_id=59,
        )
    )  # fmt: skip


def wan_vae() -> Any:
    """4 x in time, 8 x in space, causal."""
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )


def wan() -> Any:
    """Wan, text to video."""
    from diffusers import FlowMatchEulerDiscreteScheduler, WanPipeline, WanTransformer3DModel

    transformer = WanTransformer3DModel(
        num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16, text_dim=16, freq_dim=32,
        ffn_dim=16, num_layers=1, rope_max_seq_len=32,
    )  # fmt: skip
    return WanPipeline(
        tokenizer=unigram(), text_encoder=umt5_encoder(), vae=wan_vae(), transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    )  # fmt: skip


def wan_image() -> Any:
    """Wan, image to video, as 2.1 does it: the first frame in the latents and through a CLIP vision encoder."""
    from diffusers import FlowMatchEulerDiscreteScheduler, WanImageToVideoPipeline, WanTransformer3DModel
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    transformer = WanTransformer3DModel(
        num_attention_heads=2, attention_head_dim=12, in_channels=36, out_channels=16, text_dim=16, freq_dim=32,
        ffn_dim=16, num_layers=1, rope_max_seq_len=32, image_dim=8, added_kv_proj_dim=24,
    )  # fmt: skip
    vision = CLIPVisionConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8,
        projection_dim=8,
    )  # fmt: skip
    return WanImageToVideoPipeline(
        tokenizer=unigram(), text_encoder=umt5_encoder(), vae=wan_vae(), transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0), image_encoder=CLIPVisionModel(vision),
        image_processor=CLIPImageProcessor(crop_size=32, size={"shortest_edge": 32}),
    )  # fmt: skip


def _ltx_parts() -> dict[str, Any]:
    from diffusers import AutoencoderKLLTXVideo, FlowMatchEulerDiscreteScheduler, LTXVideoTransformer3DModel

    narrow = (8, 8, 8, 8)
    vae = AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=narrow, decoder_block_out_channels=narrow,
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
    )  # fmt: skip
    transformer = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        num_layers=1, caption_channels=16,
    )  # fmt: skip
    return {
        "tokenizer": unigram(), "text_encoder": t5_encoder(), "vae": vae, "transformer": transformer,
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }  # fmt: skip


def ltx() -> Any:
    """LTX, text to video."""
    from diffusers import LTXPipeline

    return LTXPipeline(**_ltx_parts())


def ltx_image() -> Any:
    """LTX, image to video."""
    from diffusers import LTXImageToVideoPipeline

    return LTXImageToVideoPipeline(**_ltx_parts())


def _cogvideox_parts(channels: int, *, learned: bool) -> dict[str, Any]:
    from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXTransformer3DModel

    vae = AutoencoderKLCogVideoX(
        latent_channels=4, block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=2
    )
    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=channels, out_channels=4, time_embed_dim=2,
        text_embed_dim=16, num_layers=1, sample_width=8, sample_height=8, sample_frames=9, max_text_seq_length=226,
        use_rotary_positional_embeddings=True, use_learned_positional_embeddings=learned,
    )  # fmt: skip
    return {
        "tokenizer": unigram(), "text_encoder": t5_encoder(), "vae": vae, "transformer": transformer,
        "scheduler": CogVideoXDDIMScheduler(),
    }  # fmt: skip


def cogvideox() -> Any:
    """CogVideoX, text to video."""
    from diffusers import CogVideoXPipeline

    return CogVideoXPipeline(**_cogvideox_parts(4, learned=False))


def cogvideox_image() -> Any:
    """CogVideoX, image to video."""
    from diffusers import CogVideoXImageToVideoPipeline

    return CogVideoXImageToVideoPipeline(**_cogvideox_parts(8, learned=True))


def _hunyuan_parts(channels: int, condition: str | None, *, guided: bool) -> dict[str, Any]:
    from diffusers import (
        AutoencoderKLHunyuanVideo,
        FlowMatchEulerDiscreteScheduler,
        HunyuanVideoTransformer3DModel,
    )

    vae = AutoencoderKLHunyuanVideo(
        latent_channels=4, block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=4
    )
    transformer = HunyuanVideoTransformer3DModel(
        in_channels=channels, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1,
        num_single_layers=1, num_refiner_layers=1, patch_size=2, text_embed_dim=16, pooled_projection_dim=8,
        rope_axes_dim=(2, 4, 4), image_condition_type=condition, guidance_embeds=guided,
    )  # fmt: skip
    return {
        "vae": vae, "transformer": transformer, "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
        "text_encoder_2": clip_text(), "tokenizer_2": clip_tokenizer(),
    }  # fmt: skip


def hunyuan() -> Any:
    """HunyuanVideo, text to video."""
    from diffusers import HunyuanVideoPipeline
    from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE
    from transformers import LlamaModel

    words = llama_tokenizer(DEFAULT_PROMPT_TEMPLATE["template"])
    reader = LlamaModel(llama_config(len(words)))
    return HunyuanVideoPipeline(text_encoder=reader, tokenizer=words, **_hunyuan_parts(4, None, guided=True))


def hunyuan_image() -> Any:
    """HunyuanVideo, image to video, with the first frame beside the latents (`latent_concat`)."""
    from diffusers import HunyuanVideoImageToVideoPipeline
    from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video_image2video import DEFAULT_PROMPT_TEMPLATE
    from transformers import CLIPImageProcessor, CLIPVisionConfig, LlavaConfig, LlavaForConditionalGeneration

    words = llama_tokenizer(DEFAULT_PROMPT_TEMPLATE["template"])
    vision = CLIPVisionConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=2, num_attention_heads=2, image_size=48, patch_size=2,
        projection_dim=8,
    )  # fmt: skip
    reader = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=vision, text_config=llama_config(len(words)), pad_token_id=2,
            image_token_index=words.convert_tokens_to_ids("<image>"), vision_feature_select_strategy="default",
        )
    )  # fmt: skip
    eye = CLIPImageProcessor(crop_size=48, size={"shortest_edge": 48})
    return HunyuanVideoImageToVideoPipeline(
        text_encoder=reader, tokenizer=words, image_processor=eye, **_hunyuan_parts(9, "latent_concat", guided=False)
    )


FAMILIES: dict[str, Callable[[], Any]] = {
    "wan": wan, "ltx": ltx, "cogvideox": cogvideox, "hunyuan": hunyuan,
    "wan-image": wan_image, "ltx-image": ltx_image, "cogvideox-image": cogvideox_image,
    "hunyuan-image": hunyuan_image,
}  # fmt: skip


def a_folder(family: str, folder: Path) -> Path:
    """The family's tiny pipeline, saved with seeded weights."""
    import torch

    if not (folder / "model_index.json").exists():
        torch.manual_seed(7)
        FAMILIES[family]().save_pretrained(folder)
    return folder


def a_video_card(family: str, folder: Path, **changes: Any) -> ModelCard:
    """A card for the family's tiny pipeline in `folder`/`family`."""
    weights = weights_of(a_folder(family, folder / family))
    said: dict[str, Any] = {
        "id": f"tiny-{family}", "version": "1", "title": "Tiny", "source": {"kind": "directory", "folder": family},
        "task": "image-to-video" if family.endswith("-image") else "text-to-video", "weights": weights,
        "licence": "none", "allowed_use": "tests", "training_data": "none: random weights",
        "sizes": {"square": (64, 64)}, "frames": 9, "frames_per_second": 8, "steps": 2, "guidance": "3",
        "cpu_threads": 1, "unit_cost": {"money": "0", "accelerator_seconds": "1"}, "stage": "production",
        "path": folder / f"{family}.yaml",
        "thresholds": {"moves": "0", "flicker": "200", "cut": "200"},  # random weights make noise
    }  # fmt: skip
    return ModelCard.model_validate({**said, **changes})
