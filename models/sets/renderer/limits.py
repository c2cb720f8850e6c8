"""The limits of one picture of a set."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class RenderLimits:
    """The most that one picture may take before its process is ended.

    seconds: from the request to the picture, computing or not. memory_bytes: what the process writes to. pixels: width
    by height. triangles: of all meshes together. threads: that compute; 0 is one per core. files_bytes: of what is
    sent with it.
    """

    seconds: float = 1_200.0
    memory_bytes: int = 8_192 * MIB
    pixels: int = 16_000_000
    triangles: int = 8_000_000
    threads: int = 0
    files_bytes: int = 512 * MIB
