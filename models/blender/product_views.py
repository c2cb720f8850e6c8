"""Rendered views in a tenant's store: each is rendered once and then read like any product picture."""

from __future__ import annotations

import importlib.util
import threading

from foundry.inputs.picture import VIEW, picture_name, view_record_name
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.product_view import View, view_name
from foundry.manifest import ViewRecord, as_json
from foundry.metering.payers import Account, paid_by
from foundry.metering.steps import step
from foundry.spent import Spent
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input, store_input
from models.blender.process import Blender, BlenderMissing, render
from models.sets.model_views import render_view
from models.sets.renderer.client import Renderer

_rendering = threading.Lock()
"""Held while Blender renders: it uses every core, so two renderings at once gain nothing."""


def read_or_render_view(
    store: ObjectStore, tenant: str, sha256: str, view: View, blender: Blender | None = None, campaign: str = ""
) -> bytes:
    """Return the view of the tenant's model file `sha256`, a 16-bit RGBA PNG: rendered once, read afterwards.

    A record beside it says what was spent on it, for the campaign with this id.
    """
    own, key = store.for_tenant(tenant), f"{VIEW}{view_name(sha256, view)}"
    name = picture_name(key)
    with _rendering:
        if not own.exists(name):
            spent = _render_measured(own, name, sha256, view, blender or Blender())
            record = ViewRecord(key=key, product_model=sha256, spent=spent, made_for=campaign)
            own.put_once(view_record_name(key), as_json(record).encode())
    return own.get(name)


def _render_measured(own: ObjectStore, name: str, sha256: str, view: View, blender: Blender) -> Spent:
    """Render a view, write it, and return what was spent on it."""
    account = Account()
    with paid_by({name: account}), step("view"):
        model = read_input(own, sha256)
        own.put_once(name, _rendered(model, view, blender, f"{sha256[:16]}..."))
    return account.spent()


def _rendered(model: bytes, view: View, blender: Blender, name: str) -> bytes:
    """Return a view by Blender; where none is named and none is installed, by the renderer of sets, if there is one."""
    try:
        return render(model, view, blender, name)
    except BlenderMissing:
        if blender.program or importlib.util.find_spec("mitsuba") is None:
            raise
    with Renderer() as renderer:
        return render_view(model, view, renderer)


def store_view(
    facts: ModelFacts, store: ObjectStore, tenant: str, blender: Blender | None = None, campaign: str = ""
) -> bytes:
    """Copy a brief's model into the tenant's store under its hash, and return its view, made for a campaign."""
    store_input(store.for_tenant(tenant), picture_name(facts.sha256), facts.file)
    return read_or_render_view(store, tenant, facts.sha256, facts.view, blender, campaign)
