"""The desk of deliveries: a tenant with a store, and one target."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.delivery_desk import DamDesk, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk whose target is a folder."""
    return Desk(tmp_path)


@pytest.fixture
def dam_desk(tmp_path: Path) -> DamDesk:
    """Return a desk whose target is a DAM in this process."""
    return DamDesk(tmp_path)
