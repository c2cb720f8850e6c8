"""The connector of a ResourceSpace."""

from __future__ import annotations

from connectors.http.session import open_session
from connectors.opening import ConnectorSetting
from connectors.resourcespace.calls import Calls
from connectors.resourcespace.resources import Resources
from connectors.resourcespace.resourcespace_connector import ResourceSpaceConnector
from connectors.target.connector import Connector
from foundry.delivery.target import ResourceSpaceTarget, Target
from foundry.names import digest


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector, which asks nothing yet."""
    assert isinstance(target, ResourceSpaceTarget)
    session = open_session(target, target.url.rstrip("/").removesuffix("/api"), setting.reach, setting.clock)
    # Two targets may share a ResourceSpace; each finds what it has brought.
    owner = digest("resourcespace-owner", tenant=setting.tenant, target=target.id)[:16]
    calls = Calls(session, target.user, target.key)
    return ResourceSpaceConnector(target.id, session, Resources(calls, target, owner))
