"""Briefs: their schema, their parsing, their adoption from foreign shapes, their copy.

Imports templates and the other rooms of foundry.
"""
