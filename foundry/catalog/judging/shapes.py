"""Patterns of RE2 that tell values of one attribute from those of another, and damaged texts from sound ones."""

from __future__ import annotations

ADDRESS = r"^(?i:https?)://\S+$"
_CODE = r"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|JPY|CNY|INR|BRL|AUD|CAD|NZD|MXN|TRY|AED|ZAR|KRW)"
PRICE_WITH_CURRENCY = rf"^(?:(?:{_CODE}|[€$£]) ?[0-9][0-9.,' ]{{0,15}}|[0-9][0-9.,' ]{{0,15}} ?(?:{_CODE}|[€$£]))$"
PRICE = rf"{PRICE_WITH_CURRENCY}|^[0-9]{{1,7}}[.,][0-9]{{2}}$"
STOCK = r"^(?i:(?:in|out[ _]of)[ _]stock)$"
FOREIGN = f"{ADDRESS}|{PRICE}|{STOCK}"
"""An address, a price or a word on stock."""
ROUNDED = r"^[0-9][.,]?[0-9]*[eE]\+[0-9]{1,3}$"
_TURNING = r"\x{202a}-\x{202e}\x{2066}-\x{2069}"
CONTROL = rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{{9f}}\x{{2028}}\x{{2029}}{_TURNING}\x{{feff}}\x{{fff9}}-\x{{fffb}}]"
"""Control characters besides tab and line breaks, marks that turn the direction of reading, and the byte order mark."""
_AFTER = "\u0080-\u009f¡-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ"
BROKEN = f"\ufffd|Ã[{_AFTER}]|Â[\u0080-\u009f¡-¿]|â€|ï¿½|(?:[ÐÑØÙ][{_AFTER}‘’“”]){{2}}"
"""U+FFFD, and UTF-8 that was decoded as Latin-1 or Windows-1252: Ã¤, Â°, â€™, Ð¿Ñ€."""
