"""Spellings in which somebody may tell a secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote


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
