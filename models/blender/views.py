"""Rendered views in a tenant's store: each is made once and then read like any product picture."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.errors import FoundryError
from foundry.inputs.picture import VIEW, picture_name
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.product_view import View, view_name
from foundry.store.object_store import ObjectStore
from models.blender.process import Blender, render

_one_at_a_time = threading.Lock()
"""Blender uses every core; two at once only share them, and might render the same view."""


def rendered_view(store: ObjectStore, tenant: str, sha256: str, view: View, blender: Blender | None = None) -> bytes:
    """The view of the tenant's model file `sha256`, 16-bit RGBA PNG: rendered the first time, read afterwards."""
    own, name = store.for_tenant(tenant), picture_name(f"{VIEW}{view_name(sha256, view)}")
    with _one_at_a_time:
        if not own.exists(name):
            model = own.get(picture_name(sha256))
            own.put_once(name, render(model, view, blender or Blender(), f"{sha256[:16]}..."))
    return own.get(name)


def take_in(facts: ModelFacts, store: ObjectStore, tenant: str, blender: Blender | None = None) -> bytes:
    """Copy a brief's model into the tenant's store under its hash, and render its view."""
    store.for_tenant(tenant).put_file_once(picture_name(facts.sha256), facts.path)
    return rendered_view(store, tenant, facts.sha256, facts.view, blender)


@dataclass(frozen=True)
class ViewOrder:
    """One view of one model of one tenant's store. Small: it crosses shuffles."""

    tenant: str
    sha256: str
    view: View

    @property
    def key(self) -> str:
        """What plans and shots carry for it."""
        return f"{VIEW}{view_name(self.sha256, self.view)}"


@dataclass(frozen=True)
class Unrendered:
    """An order that was refused for good: a dead letter's code and sentence."""

    order: ViewOrder
    code: str
    reason: str


class BlenderHandler(ModelHandler[ViewOrder, str | Unrendered, Blender]):
    """Renders view orders one by one, each in a process of its own; a result is the key of a view that is there."""

    def __init__(self, store: ObjectStore, blender: Blender | None = None):
        super().__init__()
        self.store, self.blender = store, blender or Blender()

    def load_model(self) -> Blender:
        """Nothing stays loaded: Blender holds a scene for one view only."""
        return self.blender

    def run_inference(
        self, batch: Sequence[ViewOrder], model: Blender, inference_args: dict[str, Any] | None = None
    ) -> list[str | Unrendered]:
        """One result per order, in order."""
        return [self._settled(order, model) for order in batch]

    def _settled(self, order: ViewOrder, blender: Blender) -> str | Unrendered:
        try:
            rendered_view(self.store, order.tenant, order.sha256, order.view, blender)
        except FoundryError as error:
            return Unrendered(order, error.code, str(error))
        return order.key

    def get_num_bytes(self, batch: Sequence[ViewOrder]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)
