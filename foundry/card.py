"""Model cards: what a model is, where its weights are, what it draws and what it costs."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from foundry.names import digest
from foundry.tenant import Slug


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Strict):
    """Where the weights are; `folder` is relative to the card."""

    kind: Literal["embedded", "directory", "code"]
    folder: str = ""


class UnitCost(_Strict):
    """What one picture costs."""

    money: Decimal = Field(ge=0, description="US dollars.")
    accelerator_seconds: Decimal = Field(ge=0)


class Batch(_Strict):
    """Most pictures per call, by device."""

    cpu: int = Field(default=1, ge=1)
    cuda: int = Field(default=8, ge=1)


class ModelCard(_Strict):
    """One model as the factory knows it; one handler serves all cards of a task."""

    id: Slug
    version: str
    title: str
    task: Literal["text-to-image", "upscale", "screen"]
    source: Source
    weights: dict[str, str] = Field(default_factory=dict, description="File → SHA-256.")
    licence: str
    allowed_use: str
    training_data: str
    prompt_language: Literal["plain", "backdrop"] = "plain"
    draws_products: bool = False
    sizes: dict[str, tuple[int, int]] = Field(default_factory=dict, description="Bucket → pixels.")
    steps: int = Field(default=20, ge=1)
    guidance: Decimal = Decimal("5")
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    batch: Batch = Batch()
    bits: Literal[8, 16] = Field(default=8, description="Per channel of the masters that an upscaler's floats fill.")
    cpu_threads: int = Field(default=2, ge=1, description="Fixed, as it decides the last bits.")
    tolerance: int = Field(default=0, ge=0, le=255, description="8-bit levels, batched or alone.")
    thresholds: dict[str, Decimal] = Field(default_factory=dict)
    attempts: int = Field(default=3, ge=1, description="Drawings of a shot before it is given up.")
    unit_cost: UnitCost
    tenants: tuple[str, ...] = Field(default=(), description="Allowed tenants; empty means all.")
    stage: Literal["draft", "candidate", "production", "retired"]
    path: Path = Field(default=Path("."), exclude=True, description="Where the card was read from.")

    @property
    def folder(self) -> Path:
        """The weights' folder."""
        return (self.path.parent / self.source.folder).resolve()

    @cached_property
    def digest(self) -> str:
        """Changes with whatever changes a picture: version, weights, sizes, sampling, thresholds."""
        deciding = {
            "id",
            "version",
            "task",
            "weights",
            "prompt_language",
            "draws_products",
            "sizes",
        }
        deciding |= {"steps", "guidance", "precision", "cpu_threads", "thresholds", "attempts", "bits"}
        return digest("card", **self.model_dump(mode="json", include=deciding))

    @cached_property
    def weights_sha256(self) -> str:
        """One hash for all weight files."""
        return digest("weights", files=self.weights) if self.weights else ""
