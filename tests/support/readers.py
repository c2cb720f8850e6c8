"""Other people's readers of finished files: exiftool, poppler and libjxl, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


def exiftool(path: Path) -> dict[str, Any]:
    """Every tag of a file, "Group:Name" → value, as exiftool reads it; an error of exiftool's fails."""
    command = ["exiftool", "-json", "-G1", "-struct", "-n", str(path)]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, text=True))[0]
    assert "ExifTool:Error" not in found, found
    return found


def said(program: str, *arguments: str) -> str:
    """What a program prints; a status other than 0 fails."""
    return subprocess.check_output([program, *arguments], text=True, stderr=subprocess.STDOUT)
