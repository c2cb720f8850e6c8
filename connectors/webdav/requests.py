"""The bodies of WebDAV's requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from connectors.http.bodies import Plain
from connectors.webdav.multistatus import OURS

XML = 'application/xml; charset="utf-8"'
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_ASKED = (
    "<d:resourcetype/><d:getetag/><d:getcontentlength/><d:getlastmodified/><oc:checksums/>"
    "<f:slot/><f:asset/><f:content/>"
)
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "oc": "http://owncloud.org/ns",
    "nc": "http://nextcloud.org/ns",
}
"""Prefixes that a field's name may have; a name without one is in our own namespace."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]")


def _propfind(asked: str) -> Plain:
    names = f'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:f="{OURS}"'
    return Plain(f"{_HEAD}<d:propfind {names}><d:prop>{asked}</d:prop></d:propfind>".encode(), XML)


DESCRIPTION = _propfind(_ASKED)
"""Asks for what is known of files."""
LOCKS = _propfind("<d:lockdiscovery/>")
"""Asks who has locked a file."""


def lock(owner: str) -> Plain:
    """Return the body that asks for an exclusive lock (RFC 4918, 9.10)."""
    scope = "<d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype>"
    told = f'<d:lockinfo xmlns:d="DAV:">{scope}<d:owner>{_text(owner)}</d:owner></d:lockinfo>'
    return Plain(f"{_HEAD}{told}".encode(), XML)


def proppatch(properties: Mapping[str, str]) -> Plain:
    """Return the body that sets properties, and removes those without a text (RFC 4918, 9.2).

    They are called as the fields of a target's `metadata`.
    """
    kept = "".join(_property(name, text) for name, text in properties.items() if text)
    gone = "".join(_property(name, text) for name, text in properties.items() if not text)
    told = f"<d:set><d:prop>{kept}</d:prop></d:set>" if kept else ""
    told += f"<d:remove><d:prop>{gone}</d:prop></d:remove>" if gone else ""
    return Plain(f'{_HEAD}<d:propertyupdate xmlns:d="DAV:">{told}</d:propertyupdate>'.encode(), XML)


def _property(name: str, text: str) -> str:
    prefix, _, local = name.rpartition(":")
    space = NAMESPACES.get(prefix, OURS)
    tag = _NO_NAME.sub("_", local if prefix in NAMESPACES else name)
    tag = tag if tag[:1].isalpha() else f"_{tag}"
    return f'<p:{tag} xmlns:p="{space}">{_text(text)}</p:{tag}>'


def _text(text: str) -> str:
    """Return a text for XML, without the characters that XML cannot hold."""
    return escape(_NO_XML.sub(" ", text))
