"""A screen's context opens only what belongs to the order's tenant and plan."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from foundry.store.object_store import CorruptObject, LocalStore
from models.screening.context import ProtectedPicture, ScreenContext
from tests.support.drawings import order

PIXELS = b"pixels"
MASCOT = ProtectedPicture("mascot.png", hashlib.sha256(PIXELS).hexdigest())


def test_without_a_store_or_a_plan_nothing_is_protected_and_nothing_was_drawn_before(tmp_path: Path) -> None:
    for context in (ScreenContext(), ScreenContext(store=LocalStore(tmp_path))):
        assert context.pictures(order()) == ()
        assert context.stored_fingerprint(order(1), 0) == ""


def test_the_pictures_of_an_order_come_from_its_plan_and_its_tenants_store(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.for_tenant("aurelle").put_once(MASCOT.address, PIXELS)
    context = ScreenContext(protected={"plan": (MASCOT,)}, store=store)
    assert context.pictures(order()) == ((MASCOT, PIXELS),)
    assert context.pictures(order(plan="another")) == ()
    exchanged = tmp_path / "aurelle" / MASCOT.address
    exchanged.unlink()  # and with it the store's mark, which alone would be enough to notice
    exchanged.write_bytes(b"others")
    with pytest.raises(CorruptObject, match="has sha256"):
        context.pictures(order())


def test_the_address_follows_from_the_hash() -> None:
    assert MASCOT.address == f"protected/{MASCOT.sha256[:2]}/{MASCOT.sha256}"
