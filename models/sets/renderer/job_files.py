"""The files of a job that client and worker know; those of products and props have the names of the request."""

from __future__ import annotations

ASK = "ask.json"
PICTURE, COVERAGE, LIGHT = "picture.raw", "coverage.raw", "light.raw"
"""Arrays of little-endian float32, without a head."""
BRIGHTEST_LIGHT = 8.0
"""The largest gain that a file of light on a cutout can say; it is stored in its shares."""
