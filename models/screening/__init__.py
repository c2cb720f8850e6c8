"""Judges of a drawing: modules that measure one thing each, and a screen whose card chooses among them.

May import foundry, imaging, models.registry and models.drawing.
"""
