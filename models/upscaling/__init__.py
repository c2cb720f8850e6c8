"""Enlargement of pictures: a compact network, tiles, streams of strips, and files in and out.

May import foundry, imaging, models.registry and models.drawing.
"""
