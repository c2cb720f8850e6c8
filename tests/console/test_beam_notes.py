"""Beam's notes about parts that are not used stay out of what people see; other warnings are seen."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import logging
from console.beam_notes import drop_beam_notes
drop_beam_notes()
logging.warning("Resource module is not available for current platform, memory usage cannot be fetched.")
logging.warning("the disk is nearly full")
"""


def test_a_note_is_dropped_and_a_warning_is_seen() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == "WARNING:root:the disk is nearly full\n"
