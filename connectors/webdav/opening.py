"""The connector of a WebDAV server."""

from __future__ import annotations

from connectors.http.session import open_session
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.webdav.server import Server
from connectors.webdav.webdav_connector import WebdavConnector
from foundry.delivery.target import Target, WebdavTarget


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector, which asks nothing yet."""
    assert isinstance(target, WebdavTarget)
    session = open_session(target, target.url, setting.reach, setting.clock)
    return WebdavConnector(target.id, setting.tenant, Server(session))
