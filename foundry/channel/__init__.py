"""Placements of channels, and the inspection of files against them.

Imports templates, and of foundry only names and errors.
"""
