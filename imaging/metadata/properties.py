"""The properties of an XMP packet, as RDF/XML (ISO 16684-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from foundry.provenance import xml_text

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "foundry": "urn:campaign-foundry:xmp:1.0#",
}
_LANGUAGE = re.compile("[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}")


@dataclass(frozen=True)
class Property:
    """One property. rank: those of the highest rank are left out first where a file has no room for all."""

    name: str
    xml: str
    rank: int


def text(name: str, value: str) -> str:
    """Return a property that is one text; nothing for an empty one, here and below."""
    return f"<{name}>{_safe(value)}</{name}>" if value else ""


def several(name: str, kind: str, values: Iterable[str]) -> str:
    """Return a property that is a `Bag`, without order, or a `Seq`, with one."""
    items = "".join(f"<rdf:li>{_safe(value)}</rdf:li>" for value in values if value)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""


def spoken(name: str, value: str, locale: str) -> str:
    """Return a property in a language: as the default alternative, and as that of the locale."""
    if not value:
        return ""
    own = f"<rdf:li xml:lang={quoteattr(locale)}>{_safe(value)}</rdf:li>" if _LANGUAGE.fullmatch(locale) else ""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{_safe(value)}</rdf:li>{own}</rdf:Alt></{name}>'


def structures(name: str, kind: str, each: Iterable[Mapping[str, str]]) -> str:
    """Return a property that is a list of structures. each: a structure's fields as they are in the packet, by name."""
    items = "".join(
        f'<rdf:li rdf:parseType="Resource">{inside}</rdf:li>' for fields in each if (inside := "".join(fields.values()))
    )
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""


def packet(properties: Iterable[Property]) -> bytes:
    """Return the packet of properties: no dates, no padding, read-only, the same bytes for the same properties."""
    inside = "".join(each.xml for each in properties)
    used = {prefix: uri for prefix, uri in NAMESPACES.items() if f"<{prefix}:" in inside}
    spaces = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in used.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _safe(value: str) -> str:
    """Return a text for XML, whose parsers read every kind of line end as a line feed."""
    return xml_text(value.replace("\r\n", "\n").replace("\r", "\n"))
