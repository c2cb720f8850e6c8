"""Secrets are read when they are used, and stand in no text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http.secrets import LONGEST_REASON, UnusableSecret, read_secret, scrub

VARIABLE = "EXAMPLE_IMAGES_KEY"


def test_a_secret_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("sesame", "renewed"):
        monkeypatch.setenv(VARIABLE, value)
        assert read_secret(VARIABLE) == value


@pytest.mark.parametrize("value", [None, "", "a b", "k\n", "k\t", "schlüssel", "k\x00".replace("\x00", "\x7f")])
def test_a_value_that_cannot_stand_in_a_header_is_refused_without_being_told(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False) if value is None else monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(UnusableSecret) as refused:
        read_secret(VARIABLE)
    assert not value or value.strip() not in str(refused.value).split()


@settings(max_examples=50, deadline=None)
@given(
    secret=st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=20),
    before=st.text(max_size=300),
    after=st.text(max_size=300),
)
def test_a_scrubbed_text_is_one_short_line_without_the_secret(secret: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, secret)
        text = scrub(f"{before}{secret}{after}", VARIABLE, "NO_SUCH_VARIABLE")
    assert secret not in text
    assert len(text) <= LONGEST_REASON
    assert text == " ".join(text.split())
    assert text.isprintable()
