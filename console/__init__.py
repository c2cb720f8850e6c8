"""What people see: the command line.

Imports every room; nothing imports it.
"""
