"""What a file says about itself: XMP with its id, its owner, and that a model drew it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from foundry.variant import Variant

COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_ID = re.compile(rb"foundry:asset/([a-z0-9._-]+)/([0-9a-f]{32})")


def xmp(variant: Variant) -> bytes:
    """An XMP packet (ISO 16684-1) with IPTC's digital source type; only what is in the variant's name."""
    source = COMPOSITE if variant.shot.picture else TRAINED
    tenant = escape(variant.shot.tenant)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"<dc:identifier>foundry:asset/{tenant}/{variant.name}</dc:identifier>"
        "<xmp:CreatorTool>campaign-foundry</xmp:CreatorTool>"
        f"<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def asset_of(data: bytes) -> tuple[str, str] | None:
    """(tenant, asset id) that a file names in its XMP, or None."""
    found = _ID.search(data)
    return (found[1].decode(), found[2].decode()) if found else None
