"""The interface between deliveries and connectors: what a connector is handed, what it answers, and how it fails.

A new connector is a class with the methods of `connectors.target.connector.Connector`; docs/connectors.md says what
each must hold to, and `tests/connectors/conformance.py` tries it.
"""
