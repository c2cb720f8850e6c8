"""Rendered views in a tenant's store: each is rendered once and then read like any product picture."""

from __future__ import annotations

import threading

from foundry.inputs.picture import VIEW, picture_name
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.product_view import View, view_name
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input, store_input
from models.blender.process import Blender, render

_rendering = threading.Lock()
"""Held while Blender renders: it uses every core, so two renderings at once gain nothing."""


def read_or_render_view(
    store: ObjectStore, tenant: str, sha256: str, view: View, blender: Blender | None = None
) -> bytes:
    """Return the view of the tenant's model file `sha256`, a 16-bit RGBA PNG: rendered once, read afterwards."""
    own, name = store.for_tenant(tenant), picture_name(f"{VIEW}{view_name(sha256, view)}")
    with _rendering:
        if not own.exists(name):
            model = read_input(own, sha256)
            own.put_once(name, render(model, view, blender or Blender(), f"{sha256[:16]}..."))
    return own.get(name)


def store_view(facts: ModelFacts, store: ObjectStore, tenant: str, blender: Blender | None = None) -> bytes:
    """Copy a brief's model into the tenant's store under its hash, and return its view."""
    store_input(store.for_tenant(tenant), picture_name(facts.sha256), facts.file)
    return read_or_render_view(store, tenant, facts.sha256, facts.view, blender)
