"""The connector of a server of resumable uploads."""

from __future__ import annotations

from connectors.http.session import open_session
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.tus.tus_connector import TusConnector
from connectors.tus.uploads import Uploads
from foundry.delivery.target import Target, TusTarget


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector, which asks nothing yet."""
    assert isinstance(target, TusTarget)
    return TusConnector(target.id, Uploads(open_session(target, target.url, setting.reach, setting.clock)))
