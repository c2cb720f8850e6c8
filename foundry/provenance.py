"""XMP metadata of a rendition: its id, its owner, its words, and that a model drew it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from foundry.plan.variant import Variant
from foundry.source_types import COMPOSITE, TRAINED

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
_ID = re.compile(rb"foundry:asset/([a-z0-9._-]+)/([0-9a-f]{32})")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xmp(variant: Variant, owner: str = "") -> bytes:
    """Return an XMP packet (ISO 16684-1) of the facts in a variant's name, and of the owner who claims the rights.

    Without `owner` the packet claims no rights. It holds no dates and no paths: the same arguments give the same bytes.
    """
    shown, source = variant.copy, COMPOSITE if variant.shot.picture else TRAINED
    parts = [
        _text("dc:identifier", f"foundry:asset/{variant.shot.tenant}/{variant.name}"),
        _text("xmp:CreatorTool", "campaign-foundry"),
        _text("xmpMM:DocumentID", f"xmp.did:{variant.name}"),
        _text("xmpMM:InstanceID", f"xmp.iid:{variant.name}"),
        _text("Iptc4xmpExt:DigitalSourceType", source),
        _list("dc:language", "Bag", [variant.locale]),
        _alternatives("dc:title", shown.headline or variant.placement.title, variant.locale),
        _alternatives("dc:description", _description(variant), variant.locale),
    ]
    if owner:
        rights = [_alternatives("dc:rights", f"© {owner}", ""), _list("dc:creator", "Seq", [owner])]
        parts += [*rights, _text("xmpRights:Marked", "True")]
    return _packet("".join(parts))


def _description(variant: Variant) -> str:
    shown = variant.copy
    return " · ".join(text for text in (shown.subheadline, shown.offer, shown.price, shown.call_to_action) if text)


def _packet(properties: str) -> bytes:
    spaces = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{properties}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _text(name: str, text: str) -> str:
    return f"<{name}>{xml_text(text)}</{name}>"


def _list(name: str, kind: str, texts: list[str]) -> str:
    items = "".join(f"<rdf:li>{xml_text(text)}</rdf:li>" for text in texts)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _alternatives(name: str, text: str, locale: str) -> str:
    """Return a text as the default alternative and as that of its locale; an empty text gives nothing."""
    if not text:
        return ""
    own = f"<rdf:li xml:lang={quoteattr(locale)}>{xml_text(text)}</rdf:li>" if locale else ""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{xml_text(text)}</rdf:li>{own}</rdf:Alt></{name}>'


def xml_text(text: str) -> str:
    """Return a text escaped for XML, without the characters that XML 1.0 cannot hold."""
    return escape(_NOT_IN_XML.sub("", text))


def asset_of(data: bytes) -> tuple[str, str] | None:
    """Return (tenant, asset id) from the XMP of a file, or None."""
    found = _ID.search(data)
    return (found[1].decode(), found[2].decode()) if found else None
