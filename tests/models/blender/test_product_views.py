"""A view is rendered once per model, and is its tenant's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.inputs.door import receive_path
from foundry.inputs.picture import VIEW, picture_name, view_record_name
from foundry.inputs.product_model import MODEL, ModelFacts, inspect_model
from foundry.inputs.product_view import view_name
from foundry.manifest import view_from_json
from foundry.store.object_store import LocalStore, NoSuchObject
from models.blender.process import Blender, BlenderMissing, render
from models.blender.product_views import read_or_render_view, store_view
from tests.models.blender.test_process import COLOUR, HERE, SMALL
from tests.support.product_models import flat_box, saved

NEVER = Blender("/nowhere/python")


@pytest.mark.blender
def test_a_view_is_made_once_with_the_same_bytes_and_is_the_tenants_own(tmp_path: Path) -> None:
    facts = inspect_model(receive_path(saved(tmp_path, "box.glb", flat_box(COLOUR, edge_m=900.0)), MODEL), SMALL)
    assert isinstance(facts, ModelFacts)
    store = LocalStore(tmp_path / "store")
    png = store_view(facts, store, "northpeak", HERE, "launch")
    own = store.for_tenant("northpeak")
    record = view_from_json(own.get(view_record_name(facts.key)))
    assert (record.key, record.product_model, record.made_for) == (facts.key, facts.sha256, "launch")
    assert record.spent.processor_us > 100_000
    assert record.spent.bytes_written == len(png)
    assert own.get(picture_name(facts.key)) == png
    assert read_or_render_view(store, "northpeak", facts.sha256, SMALL, NEVER) == png
    assert render(facts.file.read(), SMALL, HERE) == png
    with pytest.raises(NoSuchObject):
        read_or_render_view(store, "aurelle", facts.sha256, SMALL, NEVER)


def test_a_view_that_is_stored_is_read_without_blender(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    name = picture_name(f"{VIEW}{view_name('ab' * 32, SMALL)}")
    store.for_tenant("northpeak").put_once(name, b"rendered before")
    assert read_or_render_view(store, "northpeak", "ab" * 32, SMALL, NEVER) == b"rendered before"


def test_a_failed_rendering_stores_nothing(tmp_path: Path) -> None:
    facts = inspect_model(receive_path(saved(tmp_path, "box.glb", flat_box(COLOUR)), MODEL), SMALL)
    assert isinstance(facts, ModelFacts)
    store = LocalStore(tmp_path / "store")
    with pytest.raises(BlenderMissing):
        store_view(facts, store, "northpeak", NEVER)
    assert list(store.list()) == [f"northpeak/{picture_name(facts.sha256)}"]
