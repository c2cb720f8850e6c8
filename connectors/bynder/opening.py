"""The connector of a Bynder portal."""

from __future__ import annotations

from connectors.bynder.bynder_connector import BynderConnector
from connectors.bynder.library import Library
from connectors.bynder.metaproperties import Metaproperties
from connectors.bynder.tags import owner_tag
from connectors.bynder.uploads_v4 import UploadsV4
from connectors.bynder.uploads_v7 import UploadsV7
from connectors.http.session import open_session
from connectors.http.terms import Patience
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from foundry.delivery.target import BynderTarget, Target

PER_MINUTE = 850
"""Requests, a little below Bynder's limit of 4,500 in five minutes for all that one address asks."""
REST_S = 300.0
"""Seconds for which Bynder wants to be left alone after a 429, which tells no time."""


def open_target(target: Target, setting: ConnectorSetting) -> Connector:
    """Return the connector, which asks nothing yet."""
    assert isinstance(target, BynderTarget)
    paced = target.model_copy(update={"requests_per_minute": target.requests_per_minute or PER_MINUTE})
    home = target.url.rstrip("/").removesuffix("/api")
    session = open_session(paced, home, setting.reach, setting.clock, Patience(untold_wait_s=REST_S))
    uploads = UploadsV7(session) if target.api == "v7" else UploadsV4(session)
    library = Library(session, target.brand, owner_tag(setting.tenant, target.id), Metaproperties(session, target.id))
    return BynderConnector(target.id, session, library, uploads)
