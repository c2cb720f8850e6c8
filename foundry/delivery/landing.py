"""Links of ads: a tenant's landing page, and the UTM parameters that tell its analytics where a visitor came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from foundry.delivery.packaging import Utm

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def filled_link(pattern: str, values: Mapping[str, str]) -> str:
    """Return an address from a pattern; values are escaped, so that none changes path, query or host."""
    return _PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), pattern)


def utm_parameters(utm: Utm, values: Mapping[str, str]) -> str:
    """Return the UTM parameters as a query, without a question mark; those that are empty are left out."""
    named = {f"utm_{name}": _filled(getattr(utm, name), values) for name in Utm.model_fields}
    return urlencode({name: value for name, value in named.items() if value}, quote_via=quote, safe="")


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """Return a pattern's text; "" where it asks for values and none is there."""
    asked = _PLACEHOLDER.findall(pattern)
    if asked and not any(values[name] for name in asked):
        return ""
    return re.sub(r"-{2,}", "-", _PLACEHOLDER.sub(lambda found: values[found[1]], pattern)).strip("-")


def tagged(link: str, parameters: str) -> str:
    """Return a link with parameters, in place of those of the same names, and before its fragment."""
    if not link or not parameters:
        return link
    parts = urlsplit(link)
    ours = dict(parse_qsl(parameters, keep_blank_values=True))
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ours]
    query = "&".join(filter(None, (urlencode(kept, quote_via=quote, safe=""), parameters)))
    return urlunsplit(parts._replace(query=query))
