"""Other people's readers, in processes of their own: ffprobe, exiftool, libvips."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.needing import needing

TOOLS = ("ffprobe", "exiftool")
here = all(shutil.which(tool) for tool in TOOLS) and importlib.util.find_spec("pyvips") is not None
needed = needing(pytest.mark.readers, lacking="" if here else "ffprobe, exiftool or pyvips is not on this machine")


def ffprobe(file: Path) -> dict[str, Any]:
    """Streams and container, with the packets counted."""
    return _json("ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", str(file))


def exiftool(file: Path) -> dict[str, Any]:
    """Every tag that it knows, numbers as numbers."""
    return _json("exiftool", "-json", "-n", str(file))[0]


def _json(*command: str) -> Any:
    assert shutil.which(command[0]), f"CI needs {command[0]}; .ci/run installs it"
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)
