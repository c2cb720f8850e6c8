"""Which files are weights, which of them can run code when read, and which belong to a card."""

from __future__ import annotations

from pathlib import Path

PICKLES = (".bin", ".pt", ".ckpt", ".pth", ".pkl", ".pickle", ".joblib", ".dill", ".npz", ".npy", ".mar", ".tar")
FOREIGN = (".onnx", ".gguf", ".ggml", ".h5", ".keras", ".msgpack", ".pb", ".tflite", ".pdparams")
LISTED = (".safetensors", ".json", ".txt", ".model", ".jinja")
"""What decides a picture: weights, configurations, vocabularies, prompt templates."""


def wrong_by_name(file: str) -> str:
    """Why a file of this name is no weights of ours; empty if it may be."""
    suffix = Path(file).suffix.lower()
    if suffix in PICKLES:
        return "are a pickle by their name, which runs code when read; convert them to safetensors"
    if suffix in FOREIGN:
        return f"are {suffix[1:]}, not safetensors; convert them"
    return ""


def is_weights(file: str) -> bool:
    """Whether a file of this name must stand on the card if it is there."""
    return Path(file).suffix.lower() == ".safetensors" or bool(wrong_by_name(file))


def wrong_by_bytes(path: Path) -> str:
    """Why the first bytes of a file say that reading it may run code; empty if they do not.

    A sound safetensors file may begin with the same two bytes as a pickle, so its header must be judged first.
    """
    with path.open("rb") as stream:
        head = stream.read(262)
    if head.startswith(b"PK\x03\x04"):
        return "are a zip archive, as torch.save writes it with a pickle inside; convert them to safetensors"
    if len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return f"are a pickle (protocol {head[1]}), which runs code when read; convert them to safetensors"
    if head[257:262] == b"ustar":
        return "are a tar archive, as old torch.save writes it with pickles inside; convert them to safetensors"
    return ""
