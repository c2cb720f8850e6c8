"""The connector of an instance of Adobe Experience Manager."""

from __future__ import annotations

from connectors.aem.aem_connector import AemConnector
from connectors.aem.names import is_property
from connectors.http.session import open_session
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.target.errors import TargetRefused
from foundry.delivery.target import AemTarget, Target


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector; TargetRefused for a map of metadata to what is no property of an asset's metadata."""
    assert isinstance(target, AemTarget)
    for name in target.metadata:
        if not is_property(name) or name.startswith("foundry"):
            remedy = "map to properties such as dc:title; names that begin with foundry are the connector's own"
            raise TargetRefused(target.id, f"its metadata maps to {name}, which cannot be written so", remedy)
    session = open_session(target, target.url, setting.reach, setting.clock)
    return AemConnector(target.id, target.folder.rstrip("/"), session)
