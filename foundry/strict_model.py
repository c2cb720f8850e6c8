"""The base of everything that is parsed from outside."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A model that cannot be changed after it was parsed, and that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
