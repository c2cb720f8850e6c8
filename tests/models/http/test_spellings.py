"""A secret is found in a vendor's words however it is spelled, and harmless words are kept."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from models.http.secrets import WITHHELD, scrub
from models.http.spellings import tells

SECRET = "sk-proj-9fK2mQ7xL4vT8wB3nR6y"
VARIABLE = "EXAMPLE_IMAGES_KEY"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": b64,
    "base64 without padding": lambda s: b64(s).rstrip("="),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "base64 within a header": lambda s: b64(f"Authorization: Bearer {s}"),
    "base64 one byte later": lambda s: b64(f"x{s}"),
    "base64 two bytes later": lambda s: b64(f"xy{s}z"),
    "base64 of base64": lambda s: b64(b64(s)),
    "base64 in lines": lambda s: "\n".join(b64(s)[at : at + 6] for at in range(0, 80, 6)),
    "base64 cut at its start": lambda s: b64(s)[1:],
    "hex": lambda s: s.encode().hex(),
    "hex in capitals": lambda s: s.encode().hex().upper(),
    "hex with colons": lambda s: s.encode().hex(":"),
    "hex with escapes": lambda s: "".join(f"\\x{code:02x}" for code in s.encode()),
    "percent": lambda s: "".join(f"%{code:02X}" for code in s.encode()),
    "percent where needed": lambda s: quote(s, safe="").replace("-", "%2D"),
    "percent twice": lambda s: quote("".join(f"%{code:02X}" for code in s.encode())),
    "JSON escapes": lambda s: "".join(f"\\u{ord(letter):04x}" for letter in s),
    "some JSON escapes": lambda s: s.replace("-", "\\u002d").replace("k", "\\u006b"),
    "JSON in JSON": lambda s: json.dumps(json.dumps({"key": "".join(f"\\u{ord(x):04x}" for x in s)})),
    "HTML": lambda s: "".join(f"&#{ord(letter)};" for letter in s),
    "HTML in hex": lambda s: "".join(f"&#x{ord(letter):x};" for letter in s),
    "numbers": lambda s: str(list(s.encode())),
    "split": lambda s: f'"{s[:9]}" + "{s[9:18]}", "{s[18:]}"',
    "spaced": " ".join,
    "dotted": ".".join,
    "turned round": lambda s: s[::-1],
    "re-cased": str.swapcase,
    "full width": lambda s: "".join(chr(ord(x) + 0xFEE0) if "!" <= x <= "~" else x for x in s),
    "its second half": lambda s: s[len(s) // 2 - 2 :],
}  # fmt: skip


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
    import time

    began = time.process_time()
    assert not tells("%25" * 200_000 + b64("\\u005c" * 2_000), SECRET)
    assert time.process_time() - began < 5
