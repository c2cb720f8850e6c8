"""Pipelines: planning, the campaign flow, the dispatcher with its bus, and the engines.

Imports every room but console and lab.
"""
