from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from foundry.delivery.landing import filled_link, tagged, utm_parameters
from foundry.delivery.packaging import Packages, Utm
from foundry.delivery.patterns import PLACEHOLDERS

VALUES = dict.fromkeys(PLACEHOLDERS, "x")


@given(st.text(max_size=40))
def test_no_value_changes_host_path_or_query_of_a_link(value: str) -> None:
    link = filled_link("https://shop.example/p/{product}?ref=ads", VALUES | {"product": value.replace("\ud800", "")})
    parts = urlsplit(link)
    assert (parts.hostname, parts.query, parts.fragment) == ("shop.example", "ref=ads", "")
    assert parts.path.count("/") == 2


def test_parameters_replace_those_of_the_same_name_and_stand_before_the_fragment() -> None:
    link = tagged("https://shop.example/p?utm_source=old&a=1#reviews", "utm_source=meta&utm_medium=paid")
    assert link == "https://shop.example/p?a=1&utm_source=meta&utm_medium=paid#reviews"


def test_parameters_are_escaped_and_empty_ones_left_out() -> None:
    told = utm_parameters(Utm(source="a b", medium="", content="{audience}"), VALUES | {"audience": ""})
    assert parse_qs(told) == {"utm_source": ["a b"], "utm_campaign": ["x"]}
    assert "a%20b" in told


@pytest.mark.parametrize(
    "wrong",
    [
        {"landing_page": "https://{product}.example/"},
        {"landing_page": "http://shop.example/"},
        {"landing_page": "https://user@shop.example/"},
        {"landing_page": "https://shop.example/{password}"},
        {"media_url": "https://cdn.example/{product}"},
        {"file": "{product"},
        {"file": "../{product}\\"},
        {"utm": {"source": "a&b=c"}},
    ],
)
def test_settings_that_could_lead_elsewhere_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Packages.model_validate(wrong)
