"""Answers that list files are read within limits, whoever wrote them."""

from __future__ import annotations

import io

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.webdav.addresses import Addresses
from connectors.webdav.multistatus import BadMultistatus, Resource, plain_etag, resources
from connectors.webdav.requests import proppatch

HEAD = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:f="urn:campaign-foundry:delivery">'


def read(text: str) -> list[Resource]:
    return list(resources(io.BytesIO(text.encode())))


def response(properties: str, status: str = "HTTP/1.1 200 OK", href: str = "/a.jpg") -> str:
    found = f"<d:propstat><d:prop>{properties}</d:prop><d:status>{status}</d:status></d:propstat>"
    return f"<d:response><d:href>{href}</d:href>{found}</d:response>"


def test_properties_count_only_where_their_status_says_that_they_are_told() -> None:
    told = response('<d:getetag>W/"7"</d:getetag><d:getcontentlength>12</d:getcontentlength><f:slot>abc</f:slot>')
    missing = response("<d:getetag>no</d:getetag>", "HTTP/1.1 404 Not Found", "/b.jpg")
    first, second = read(f"{HEAD}{told}{missing}</d:multistatus>")
    assert (first.href, first.etag, first.size_bytes, first.own) == ("/a.jpg", "7", 12, {"slot": "abc"})
    assert (second.href, second.etag, second.size_bytes) == ("/b.jpg", "", None)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaa">]>' + HEAD + "</d:multistatus>",
        "<html><body>Log in</body></html>",
        HEAD + response("") + "</d:multi",
        HEAD + "<d:a>" * 100,
        HEAD + "<d:response><d:href>" + "x" * 70_000 + "</d:href></d:response></d:multistatus>",
        HEAD + response("".join(f"<d:p{n}/>" for n in range(600))) + "</d:multistatus>",
        HEAD + '<d:response a="' + "x" * 3_000_000 + '"/></d:multistatus>',
        "",
        "\x00\x01",
        '<?xml version="1.0" encoding="no-such"?><a/>',
    ],
    ids=["entities", "page", "cut", "deep", "long", "many", "endless tag", "empty", "binary", "encoding"],
)
def test_what_is_no_plain_multistatus_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadMultistatus, match="XML"):
        read(text)


@given(st.binary(max_size=400))
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    with pytest.raises(BadMultistatus, match="XML"):
        list(resources(io.BytesIO(data)))


@given(st.text(max_size=60))
def test_a_path_is_found_again_in_its_own_address(name: str) -> None:
    at = Addresses(httpx2.URL("https://dam.example/remote.php/dav/files/a b/Ordner/"))
    path = f"spring/x{name.replace('/', '').replace(chr(0), '')}y"
    assert at.path(str(at.file(path))) == path
    assert at.path(at.file(path).raw_path.decode()) == path


@pytest.mark.parametrize(
    "href", ["/elsewhere/a.jpg", "https://other.example:99999/x", "/dav/../secret", "/dav/a/../../x", "/dav/a//b"]
)
def test_an_address_outside_the_target_has_no_path(href: str) -> None:
    assert Addresses(httpx2.URL("https://dam.example/dav/")).path(href) is None


def test_tags_are_compared_without_the_mark_that_comes_and_goes() -> None:
    assert plain_etag('W/"3-66"') == plain_etag('"3-66"') == "3-66"


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), min_size=1, max_size=4))
def test_fields_of_any_name_and_text_make_readable_xml(fields: dict[str, str]) -> None:
    from xml.etree.ElementTree import fromstring

    root = fromstring(proppatch(fields).data)
    assert len(root.findall(".//{DAV:}prop/*")) == len(fields)
