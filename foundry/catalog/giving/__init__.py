"""Feeds that are given back: rows of a catalog as lines of a published format, with the addresses of its files."""
