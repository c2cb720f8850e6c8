"""The addresses that a card's handler may ask: the vendor's with the credential, public ones without it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from connectors.http.credential_scope import CredentialScope, is_loopback
from connectors.http.public_address import Resolve, UnsafeAddress, addresses_of, pin_address
from models.remote.refusals import Declined


@dataclass(frozen=True)
class Reach:
    """The addresses in reach of one card; `scope` is where its credential may go."""

    scope: CredentialScope
    resolve: Resolve = addresses_of

    @property
    def home(self) -> httpx2.URL:
        """The card's own address."""
        return self.scope.home

    @property
    def at_loopback(self) -> bool:
        """True if this machine itself serves the card, as in tests and with local servers."""
        return is_loopback(self.home.host)

    def pin(self, url: httpx2.URL) -> httpx2.URL:
        """Return `url` with a checked public address in place of its name; Declined for any other address.

        A card that is served by this machine may also lead to this machine.
        """
        try:
            return pin_address(url, loopback=self.at_loopback, resolve=self.resolve)
        except UnsafeAddress as unsafe:
            raise unsafe_address(f"leads to {url.scheme}://{url.host}, {unsafe}") from unsafe


def unsafe_address(wrong: str) -> Declined:
    """Return the refusal of a picture whose address may not be asked."""
    return Declined("unsafe_address", f"the vendor's answer {wrong}; nothing was fetched.")
