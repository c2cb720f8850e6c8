"""The opening of a connection to the machine that a card names, within the card's limits."""

from __future__ import annotations

import logging
import weakref
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from connectors.http.credential_scope import CredentialScope, is_loopback
from foundry.card.card import Api, ModelCard
from foundry.retrying import Clock, RetryPolicy
from models.remote.connection import Connection
from models.remote.credential import EnvironmentAuth
from models.remote.reach import Reach
from models.remote.refusals import EndpointRefused

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


def open_connection(card: ModelCard, *, client: str = "", hosts: tuple[str, ...] = ()) -> Connection:
    """Return a client with the card's limits; EndpointRefused for an address that would show the credential.

    `client` names the environment variable of the client's id, for vendors that want one beside the token; `hosts` are
    further hosts of the vendor that may see the credential.
    """
    api, reach = _api(card), _reach(card, hosts)
    for name in ("httpx2", "httpcore2"):  # they log addresses, and signed ones are as good as a key
        logging.getLogger(name).setLevel(logging.WARNING)
    limits = httpx2.Limits(max_connections=api.concurrency + 1, max_keepalive_connections=api.concurrency)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # tenants share the client
    opened = httpx2.Client(limits=limits, cookies=no_cookies, trust_env=False, follow_redirects=False)
    connection = Connection(card, api, opened, EnvironmentAuth(card, api, client), reach)
    weakref.finalize(connection, opened.close)  # Beam drops models without a word
    return connection


def retries_of(api: Api, clock: Clock) -> RetryPolicy:
    """Return the tries and the time that the card grants one request."""
    return RetryPolicy(
        attempts=api.attempts,
        budget_s=float(api.deadline_s),
        first_pause_s=FIRST_PAUSE_S,
        longest_pause_s=LONGEST_PAUSE_S,
        call_s=float(api.timeout_s),
        clock=clock,
    )


def _api(card: ModelCard) -> Api:
    if card.api is None:
        raise EndpointRefused(card.name, "source", f"is {card.source.kind}, no API; name a card whose source is api")
    return card.api


def _reach(card: ModelCard, hosts: tuple[str, ...]) -> Reach:
    """Return the reach of a card; EndpointRefused for an address that holds a key or would show the credential."""
    try:
        home = httpx2.URL(card.source.url)
    except httpx2.InvalidURL:
        raise EndpointRefused(card.name, "source.url", "is malformed; write https://host/path") from None
    if home.userinfo or home.query:
        wrong = "holds a user's name or a query, where keys are hidden; name an environment variable in api.credential"
        raise EndpointRefused(card.name, "source.url", wrong)
    if not home.host or not (home.scheme == "https" or (home.scheme == "http" and is_loopback(home.host))):
        wrong = "is no https address, so the credential would travel in the open; correct source.url"
        raise EndpointRefused(card.name, repr(str(home)), wrong)
    return Reach(CredentialScope(home, hosts))
