"""The connector of a target, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from connectors.http.public_transport import Reach
from connectors.target.connector import Connector
from foundry.delivery.target import Target
from foundry.retrying import Clock, SystemClock


@dataclass(frozen=True, kw_only=True)
class ConnectorSetting:
    """The surroundings of a connector.

    tenant: whose files it brings. reach: the hosts that it may ask. folders: the folder below which targets that are
    folders lie; None where the operator gave none. store: the address of the factory's own store, which is no target.
    """

    tenant: str
    reach: Reach = field(default_factory=Reach)
    folders: Path | None = None
    store: str = ""
    clock: Clock = field(default_factory=SystemClock)


def open_connector(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector of a target, which asks nothing yet; TargetRefused if its settings cannot be used."""
    opener: Callable[[Target, ConnectorSetting], Connector]
    opener = import_module(f"connectors.{target.kind}.opening").open_target
    return opener(target, setting)
