"""Draws with other vendors' HTTP image APIs; one handler, one small module per protocol."""

from models.remote.handler import RemoteHandler

__all__ = ["RemoteHandler"]
