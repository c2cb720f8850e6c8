"""The versions of this program, and of the libraries that decide how its files look, without importing them."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("apache-beam", "torch", "diffusers", "numpy", "pillow", "opencv-python-headless", "av", "kafka-python")


def versions() -> dict[str, str]:
    """Return the version of each part by name; "not installed" for a library of an extra that is absent."""
    return {
        "foundry": _version("campaign-foundry"),
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
