"""Photoreal sets: a set file, a palette and a product become a picture, path-traced in a process of its own.

`building/` makes a graph of meshes, materials and lamps from a set file, and knows no renderer; `renderer/` draws a
graph. May import foundry and imaging.
"""
