"""The Flink cluster of this folder's tests."""

from tests.support.flink_cluster import jobs

__all__ = ["jobs"]
