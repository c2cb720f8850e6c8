"""The files of a job that client and worker know; those of products and props have the names of the request."""

from __future__ import annotations

ASK = "ask.json"
PICTURE, COVERAGE = "picture.raw", "coverage.raw"
"""Arrays of little-endian float32, without a head."""
