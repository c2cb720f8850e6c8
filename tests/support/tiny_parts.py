"""Parts of tiny random-weight pipelines: tokenizers over single bytes, text encoders, autoencoders. No downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WIDTH = 16
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _bytes() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


def clip_tokenizer() -> Any:
    """Bytes, and bytes that end a word."""
    from transformers import CLIPTokenizer

    letters = _bytes()
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    return CLIPTokenizer(vocab={word: at for at, word in enumerate(words)}, merges=[], model_max_length=77)


def t5_tokenizer() -> Any:
    """A Unigram model of printable letters."""
    from transformers import T5Tokenizer

    letters = [chr(code) for code in range(33, 127)]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]
    return T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def qwen_tokenizer() -> Any:
    """Bytes and the marks of a chat."""
    from transformers import Qwen2Tokenizer

    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    vocabulary = {word: at for at, word in enumerate([*marks, *_bytes()])}
    made = Qwen2Tokenizer(vocab=vocabulary, merges=[], extra_special_tokens=marks[1:])
    made.chat_template = CHAT
    return made


def gemma_tokenizer() -> Any:
    """Printable letters, and byte tokens for the rest."""
    from transformers import GemmaTokenizer

    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *(chr(code) for code in range(33, 127))]
    words += [f"<0x{code:02X}>" for code in range(256)]
    return GemmaTokenizer(vocab={word: at for at, word in enumerate(words)}, merges=[], model_max_length=4_096)


def clip_text(width: int = 32, *, projection: int = 0) -> Any:
    """Two layers; with `projection`, the kind that pools into a given width."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=514,
        hidden_size=width,
        intermediate_size=width,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        projection_dim=projection or width,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def t5(width: int = 32) -> Any:
    """One layer."""
    from transformers import T5Config, T5EncoderModel

    config = T5Config(vocab_size=98, d_model=width, d_kv=8, d_ff=32, num_layers=1, num_heads=4, pad_token_id=0)
    return T5EncoderModel(config).eval()


def clip_vision(width: int = 32) -> Any:
    """The image encoder of an IP-Adapter."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=width,
        projection_dim=width,
        num_hidden_layers=1,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
    )
    return CLIPVisionModelWithProjection(config).eval()


def clip_pictures() -> Any:
    """What prepares a picture for `clip_vision`."""
    from transformers import CLIPImageProcessor

    return CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})


def autoencoder(latent: int = 4, **changes: Any) -> Any:
    """Eight pixels an edge per latent."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=latent,
        sample_size=64,
        **changes,
    ).eval()


def lively(module: Any) -> Any:
    """The module with its zero-initialised layers filled, so that what passes through them can be seen."""
    import torch

    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim > 1 and not parameter.any():
                parameter.normal_(0, 0.2)
    return module.eval()


def saved(pipeline: Any, folder: Path) -> Path:
    """The pipeline as a folder of safetensors."""
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder
