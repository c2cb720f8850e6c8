"""The connector of Cloudinary."""

from __future__ import annotations

from connectors.cloudinary.api import CloudinaryApi
from connectors.cloudinary.cloudinary_connector import CloudinaryConnector
from connectors.http.session import Session
from connectors.http.session_setting import SessionSetting
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from foundry.delivery.target import BasicSignIn, CloudinaryTarget, Target, secrets_of


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector; nothing is asked yet."""
    assert isinstance(target, CloudinaryTarget)
    session = Session(
        SessionSetting(
            target=target.id,
            home=f"{target.url.rstrip('/')}/v1_1/{target.cloud_name}",
            reach=setting.reach,
            clock=setting.clock,
            sign_in=BasicSignIn(kind="basic", user=target.api_key, password=target.api_secret),
            secrets=tuple(secrets_of(target)),
            at_once=target.at_once,
            requests_per_minute=target.requests_per_minute,
        )
    )
    return CloudinaryConnector(setting.tenant, CloudinaryApi(target, session))
