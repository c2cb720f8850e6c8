"""A pipeline in memory, with the state that it has while it is there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from foundry.card.adapter_use import AdapterUse
from models.diffusion.embeddings import PromptEmbeddings


@dataclass(kw_only=True)
class LoadedPipeline:
    """A pipeline and the lock that its calls take: its scheduler keeps state between steps.

    worn: the adapters that are on it now.
    displaced: the pipeline's own parts that one of them replaces.
    modes: the same parts as other classes of the family, by mode.
    fits: the batch size that memory allowed, by width and height in pixels.
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
