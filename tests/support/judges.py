"""Other people's readers, in processes of their own: ffprobe, exiftool, libvips."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


def ffprobe(file: Path) -> dict[str, Any]:
    """Streams and container, with the packets counted."""
    return _json("ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", str(file))


def exiftool(file: Path) -> dict[str, Any]:
    """Every tag that it knows, numbers as numbers."""
    return _json("exiftool", "-json", "-n", str(file))[0]


def _json(*command: str) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)
