"""The connector of a folder."""

from __future__ import annotations

from pathlib import Path

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
    if _overlaps(setting.folders / setting.tenant / target.folder, setting.store):
        raise TargetRefused(target.id, "its folder and the factory's store lie in each other", "give another --folders")
    # Below a folder of the tenant's own, so that no tenant's file can name another tenant's folder.
    return TreeConnector(target.id, LocalTree(target.id, setting.folders, f"{setting.tenant}/{target.folder}"))


def _overlaps(folder: Path, store: str) -> bool:
    """Return whether one of two folders lies in the other, by their real paths; a store may be no folder."""
    if not store or "://" in store:
        return False
    one, other = folder.resolve(), Path(store).resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)
