"""The project's supply chain: lock files with hashes, and the licences of what is installed.

Imports nothing of the project; the Makefile runs its modules.
"""
