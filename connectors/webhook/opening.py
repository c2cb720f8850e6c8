"""The connector of a webhook."""

from __future__ import annotations

from connectors.http.session import open_session
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.webhook.webhook_connector import WebhookConnector
from foundry.delivery.target import Target, WebhookTarget


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector; nothing is asked yet."""
    assert isinstance(target, WebhookTarget)
    session = open_session(target, target.url, setting.reach, setting.clock)
    return WebhookConnector(target, setting.tenant, session)
