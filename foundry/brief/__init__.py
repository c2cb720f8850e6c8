"""Briefs: their schema, their parsing, their copy.

Imports templates and the other rooms of foundry.
"""
