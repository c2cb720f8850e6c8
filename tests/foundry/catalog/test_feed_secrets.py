"""A catalog's file names only secrets of its own tenant."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from foundry.catalog.catalog import Catalog, secret_prefix
from tests.support.scheduled import a_catalog


def with_secret(variable: str, tenant: str = "aurelle") -> Catalog:
    written: dict[str, Any] = a_catalog(tenant=tenant).model_dump(mode="json")
    written["feed"]["credential"] = {"variable": variable}
    return Catalog.model_validate(written)


@pytest.mark.parametrize(
    "variable",
    ["AWS_SECRET_ACCESS_KEY", "VENDOR_KEY", "FEED_NORTHPEAK__TOKEN", "FEED_AURELLE", "FEED_AURELLE_X__TOKEN"],
)
def test_a_feed_is_sent_no_secret_but_its_tenants(variable: str) -> None:
    with pytest.raises(ValidationError, match="name one that begins with FEED_AURELLE__"):
        with_secret(variable)


def test_the_tenants_own_secret_is_taken() -> None:
    found = with_secret("FEED_AURELLE__TOKEN").feed.credential
    assert found is not None
    assert (found.header, found.prefix, found.variable) == ("Authorization", "Bearer ", "FEED_AURELLE__TOKEN")


def test_no_tenants_names_begin_those_of_another_whose_name_is_longer() -> None:
    assert secret_prefix("3m.shop--x_y") == "FEED_3M_SHOP_X_Y__"
    assert not secret_prefix("a-b").startswith(secret_prefix("a"))
    assert with_secret("FEED_A_B__TOKEN", "a-b").feed.credential
