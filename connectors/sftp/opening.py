"""The connector of an SFTP server."""

from __future__ import annotations

from connectors.http.pace import Pace
from connectors.opening import ConnectorSetting
from connectors.sftp.remote_tree import RemoteTree
from connectors.sftp.signing_in import SshPlace
from connectors.target.connector import Connector
from connectors.target.tree_connector import TreeConnector
from foundry.delivery.target import SftpTarget, Target


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector; TargetRefused if its host keys cannot be read or its folder is no plain path."""
    assert isinstance(target, SftpTarget)
    pace = Pace(target.requests_per_minute, setting.clock)
    return TreeConnector(target.id, RemoteTree(SshPlace(target, setting.reach), target.folder, pace, setting.clock))
