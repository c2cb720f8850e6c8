"""A credential goes to its own origin and to named hosts, over TLS or on this machine, and never by a detour."""

from __future__ import annotations

import httpx2
import pytest

from connectors.http.credential_scope import CredentialScope, Hop, UnsafeRedirect, first_hop, is_loopback, next_hop

VENDOR = CredentialScope(httpx2.URL("https://api.vendor.example/v1"), ("jobs.vendor.example",))
LOCAL = CredentialScope(httpx2.URL("http://127.0.0.1:8080/v1"))


@pytest.mark.parametrize(
    ("scope", "url", "allowed"),
    [
        (VENDOR, "https://api.vendor.example/other", True),
        (VENDOR, "https://api.vendor.example:443/", True),
        (VENDOR, "https://API.vendor.example/", True),
        (VENDOR, "https://api.vendor.example:8443/", False),
        (VENDOR, "http://api.vendor.example/", False),
        (VENDOR, "https://api.vendor.example.evil.example/", False),
        (VENDOR, "https://evil.example/api.vendor.example", False),
        (VENDOR, "https://api.vendor.example@evil.example/", False),
        (VENDOR, "https://jobs.vendor.example/1", True),
        (VENDOR, "https://jobs.vendor.example:8443/1", False),
        (VENDOR, "http://jobs.vendor.example/1", False),
        (LOCAL, "http://127.0.0.1:8080/2", True),
        (LOCAL, "http://127.0.0.1:8081/2", False),
        (LOCAL, "http://localhost:8080/2", False),
        (CredentialScope(httpx2.URL("http://hub.example")), "http://hub.example/", False),
    ],
)
def test_a_credential_is_sent_within_its_scope_alone(scope: CredentialScope, url: str, allowed: bool) -> None:
    assert scope.allows(httpx2.URL(url)) is allowed
    assert first_hop(httpx2.URL(url), scope).with_credential is allowed


def test_a_redirect_within_the_scope_keeps_the_credential_and_one_out_of_it_loses_it_for_good() -> None:
    hop = first_hop(httpx2.URL("https://api.vendor.example/a"), VENDOR)
    hop = next_hop(hop, httpx2.URL("https://jobs.vendor.example/b"), VENDOR)
    assert hop.with_credential
    hop = next_hop(hop, httpx2.URL("https://files.example/c"), VENDOR)
    assert not hop.with_credential
    hop = next_hop(hop, httpx2.URL("https://api.vendor.example/d"), VENDOR)
    assert hop == Hop(httpx2.URL("https://api.vendor.example/d"), with_credential=False)


@pytest.mark.parametrize("target", ["http://api.vendor.example/a", "ftp://files.example/a", "file:///etc/passwd"])
def test_no_redirect_leads_from_tls_to_anything_else(target: str) -> None:
    hop = first_hop(httpx2.URL("https://api.vendor.example/a"), VENDOR)
    with pytest.raises(UnsafeRedirect, match="a redirect from TLS to"):
        next_hop(hop, httpx2.URL(target), VENDOR)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_name_or_address_alone(host: str, here: bool) -> None:
    assert is_loopback(host) is here
