"""Drawing with other vendors' image APIs: one handler, and one small module per protocol."""

from models.remote.remote_handler import RemoteHandler

__all__ = ["RemoteHandler"]
