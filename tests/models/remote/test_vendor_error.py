"""Vendors' error objects give their code and message, whatever their form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.remote.vendor_error import error_in, error_in_body, is_no_money, is_policy


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"error": {"code": "invalid_size", "type": "x", "message": "no"}}, ("invalid_size", "no")),
        ({"error": {"code": None, "type": "server_error", "message": "no"}}, ("server_error", "no")),
        ({"error_code": "content_policy", "message": "no"}, ("content_policy", "no")),
        ({"errors": [{"code": 17, "message": "first"}, {"code": 18}]}, ("17", "first")),
        ({"error": "busy", "message": "later"}, ("busy", "later")),
        ({"error": "busy"}, ("busy", "")),
        ({"detail": "no"}, ("", "")),
        ([1], ("", "")),
        (None, ("", "")),
    ],
)
def test_code_and_message_are_found(content: object, found: tuple[str, str]) -> None:
    assert error_in(content) == found
    assert error_in_body(json.dumps(content).encode()) == found


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 200_000])
def test_a_body_that_is_no_json_has_neither(body: bytes) -> None:
    assert error_in_body(body) == ("", "")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "errors", "code", "message", "type"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(VALUES)
def test_no_json_value_breaks_the_reader(content: object) -> None:
    assert all(isinstance(text, str) for text in error_in(content))


def test_codes_of_a_policy_and_of_an_empty_account_are_known_in_any_case() -> None:
    assert is_policy("Content_Policy_Violation")
    assert is_policy("prompt_unsafe")
    assert is_no_money("INSUFFICIENT_QUOTA")
    assert is_no_money("billing_hard_limit_reached")
    for code in ("", "rate_limit_exceeded", "invalid_api_key", "server_error"):
        assert not is_policy(code)
        assert not is_no_money(code)
