"""The command line, which people see.

Imports every room; nothing imports it.
"""
