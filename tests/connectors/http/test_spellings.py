"""A secret is found in a vendor's words however it is spelled, and harmless words are kept."""

from __future__ import annotations

import base64
import time

import pytest

from connectors.http.secrets import WITHHELD, scrub
from connectors.http.spellings import tells
from tests.support.spellings import SPELLINGS, b64

SECRET = "sk-proj-9fK2mQ7xL4vT8wB3nR6y"
VARIABLE = "EXAMPLE_IMAGES_KEY"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_credential_is_found_in_every_spelling(spelling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    spelled = SPELLINGS[spelling](SECRET)
    said = f"Incorrect key provided ({spelled}). Find yours at the vendor's page."
    assert tells(said, SECRET)
    kept = scrub(said, VARIABLE)
    assert not tells(kept, SECRET)
    assert spelled not in kept
    assert kept == WITHHELD or kept.startswith("Incorrect key provided")


@pytest.mark.parametrize(
    "said",
    [
        "The size 1024x1024 is not supported; use 1536x1024.", "Rate limit reached for images per minute: 5 / 5.",
        "invalid_request: prompt has 2,041 characters, the limit is 1,000", "request id 7f3a9c51d2e84b06a7c3",
        "", "sk-proj- keys are not accepted here", base64.b64encode(bytes(range(200))).decode(),
    ],
)  # fmt: skip
def test_harmless_words_are_kept(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    assert not tells(said, SECRET)
    assert scrub(said, VARIABLE)[:40] == " ".join(said.split())[:40]


def test_the_search_is_bounded_by_the_length_of_the_text() -> None:
    began = time.process_time()
    assert not tells("%25" * 200_000 + b64("\\u005c" * 2_000), SECRET)
    assert time.process_time() - began < 5
