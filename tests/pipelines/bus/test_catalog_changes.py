"""Messages about changed items: read in every form, and refused with a sentence whatever they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.brief.brief import Brief
from pipelines.bus.catalog_changes import (
    MOST_ITEMS,
    CatalogChange,
    ChangeRequest,
    change_message,
    parse_change,
)
from pipelines.bus.messages import Unreadable, brief_message
from pipelines.bus.topics import CHANGED, CHANGED_DEAD, changes_topic, tenant_of_topic
from tests.support.briefs import a_brief

ROW = {"id": "sku-1", "title": "Shoe", "price": "12.99 EUR", "own.margin": None}


def a_change(**fields: Any) -> dict[str, Any]:
    return {"tenant": "aurelle", "catalog": "shoes", "items": [ROW], "removed": ["sku-9"], **fields}


def read(value: Any, topic: str = CHANGED) -> ChangeRequest:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse_change(topic, data, (), "there")


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_a_change_comes_back_as_it_was_sent(mode: Any) -> None:
    change = CatalogChange.model_validate(a_change())
    message = change_message(change, "order-7", mode)
    assert message.key == b"aurelle/shoes"
    found = parse_change(CHANGED, message.value, message.headers, "there")
    assert found == ChangeRequest("order-7", change, verified=False)


def test_a_plain_document_is_a_change_and_has_a_digest_as_id() -> None:
    first, again = read(a_change()), read(dict(reversed(a_change().items())))
    assert first.change.items == (ROW,)
    assert first.request_id == again.request_id
    assert read(a_change(removed=[])).request_id != first.request_id


def test_on_a_tenants_own_topic_the_tenant_is_sure_and_no_other_is_taken() -> None:
    assert read(a_change(), changes_topic("aurelle").name).sender.verified
    with pytest.raises(Unreadable, match="speaks for tenant 'aurelle' on the topic of 'northpeak'"):
        read(a_change(), changes_topic("northpeak").name)
    assert tenant_of_topic(CHANGED_DEAD, CHANGED) is None


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"", "is not JSON: it is empty; send a change as JSON"),
        (b"{", "is not JSON that can be read"),
        (b"[1]", "holds no JSON object; send tenant, catalog, and items or removed"),
        (a_change(tenant="../x"), "names the tenant '../x', which is no id"),
        (a_change(catalog="NO WAY"), "is no change: catalog 'NO WAY'"),
        (a_change(items=[], removed=[]), "has neither items nor removed"),
        (a_change(items=[{"title": "Shoe"}]), "items[0] has no id of 1 to 200 characters"),
        (a_change(items=[{**ROW, "colour": "red"}]), "'colour' is no attribute of a feed"),
        (a_change(items=[{**ROW, "price": 12.99}]), "is no change: items.0.price"),
        (a_change(items=[ROW] * (MOST_ITEMS + 1)), "is no change: items"),
        (a_change(removed=[""]), "is no change: removed.0 ''"),
        (a_change(surprise=1), "is no change: surprise"),
    ],
)
def test_what_is_no_change_is_refused_with_the_place_and_the_remedy(value: Any, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(value)
    assert says in str(refused.value)
    assert str(refused.value).startswith("message there ")


def test_another_event_is_no_change() -> None:
    message = brief_message(Brief.model_validate(a_brief()))
    with pytest.raises(Unreadable, match=r"has the type .*brief[.]submitted'; send .*items_changed"):
        parse_change(CHANGED, message.value, message.headers, "there")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"tenant": JSON, "catalog": JSON, "items": JSON, "removed": JSON}) | JSON | st.binary())
def test_whatever_a_record_holds_it_is_a_change_or_unreadable(value: Any) -> None:
    said, found = "", None
    try:
        found = read(value)
    except Unreadable as error:
        said = str(error)
    assert len(said) < 2_000
    assert said or (found and (found.change.items or found.change.removed))
