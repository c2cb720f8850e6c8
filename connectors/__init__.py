"""Connections to other services.

Imports foundry and templates.
"""
