"""Kinds of files: weights, files that can run code when read, and files that belong to a card."""

from __future__ import annotations

from pathlib import Path

PICKLES = (".bin", ".pt", ".ckpt", ".pth", ".pkl", ".pickle", ".joblib", ".dill", ".npz", ".npy", ".mar", ".tar")
FOREIGN = (".onnx", ".gguf", ".ggml", ".h5", ".keras", ".msgpack", ".pb", ".tflite", ".pdparams")
LISTED = (".safetensors", ".json", ".txt", ".model", ".jinja")
"""Endings of the files that decide a picture: weights, configurations, vocabularies, prompt templates."""


def wrong_by_name(file: str) -> str:
    """Return the reason why a file of this name cannot be weights of ours; empty if it can."""
    suffix = Path(file).suffix.lower()
    if suffix in PICKLES:
        return "are a pickle by their name, which runs code when read; convert them to safetensors"
    if suffix in FOREIGN:
        return f"are {suffix[1:]}, not safetensors; convert them"
    return ""


def is_weights(file: str) -> bool:
    """Return whether a file of this name must be listed on the card if it is there."""
    return Path(file).suffix.lower() == ".safetensors" or bool(wrong_by_name(file))


def wrong_by_bytes(path: Path) -> str:
    """Return the reason why a file, by its first bytes, may run code when read; empty if there is none.

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
