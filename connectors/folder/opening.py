"""The connector of a folder."""

from __future__ import annotations

from connectors.folder.local_tree import LocalTree
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.target.errors import TargetRefused
from connectors.target.tree_connector import TreeConnector
from foundry.delivery.target import FolderTarget, Target


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector; TargetRefused if the operator gave no folder for targets."""
    assert isinstance(target, FolderTarget)
    if setting.folders is None:
        raise TargetRefused(target.id, "no folder for targets is given", "give one with --folders")
    # Below a folder of the tenant's own, so that no tenant's file can name another tenant's folder.
    return TreeConnector(target.id, LocalTree(target.id, setting.folders, f"{setting.tenant}/{target.folder}"))
