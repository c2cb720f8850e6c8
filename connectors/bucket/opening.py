"""The connector of a bucket."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.bucket.bucket_connector import BucketConnector
from connectors.bucket.objects import BucketObjects
from connectors.http.pace import Pace
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector
from connectors.target.errors import TargetRefused
from foundry.delivery.target import BucketTarget, Target
from foundry.store.bucket_requests import retries_within

PATIENCE_S = 30.0
"""Seconds for which one request waits through an outage; the engine of deliveries waits longer ones out."""


def open_target(target: Target, setting: ConnectorSetting, *, patience_s: float = PATIENCE_S) -> Connector:
    """Return the connector; TargetRefused for the bucket of the factory's own store."""
    assert isinstance(target, BucketTarget)
    parts, own = urlsplit(target.address), urlsplit(setting.store)
    if own.scheme == "gs" and own.netloc == parts.netloc:
        raise TargetRefused(target.id, f"gs://{parts.netloc} is the factory's own store", "name another bucket")
    prefix = parts.path.strip("/")
    pace = Pace(target.requests_per_minute, setting.clock)
    objects = BucketObjects(
        target.id, parts.netloc, f"{prefix}/" if prefix else "", retries_within(patience_s), pace, setting.clock
    )
    return BucketConnector(target.id, setting.tenant, objects)
