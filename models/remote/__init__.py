"""Drawing with other vendors' image APIs: one handler, and one small module per protocol."""

from models.remote.handler import RemoteHandler

__all__ = ["RemoteHandler"]
