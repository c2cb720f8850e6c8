"""A pipeline in memory, with what is remembered about it while it stays there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from foundry.card.adapter_use import AdapterUse
from models.diffusion.embeddings import PromptEmbeddings


@dataclass
class LoadedPipeline:
    """A pipeline and the lock that calls to it queue at: its scheduler keeps state between steps.

    `worn` are the adapters on it now, and `displaced` the pipeline's own parts that one of them replaces. `modes` are
    the same parts as other classes of the family; `fits` is the batch size that memory allowed, per size in pixels.
    """

    pipeline: Any
    device: str
    lock: threading.Lock
    worn: tuple[AdapterUse, ...] = ()
    controlnet: Any = None
    displaced: dict[str, Any] = field(default_factory=dict)
    modes: dict[str, Any] = field(default_factory=dict)
    fits: dict[tuple[int, int], int] = field(default_factory=dict)
    embeddings: PromptEmbeddings = field(default_factory=PromptEmbeddings)

    @property
    def denoiser(self) -> Any:
        """The network that is called at every step."""
        return getattr(self.pipeline, "transformer", None) or self.pipeline.unet
