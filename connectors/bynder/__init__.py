"""Bynder, by its interface of version 4, with uploads of version 4 or 7."""
