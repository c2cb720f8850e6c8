"""Exact shots of products that have a CAD model, rendered by Blender in a process of its own."""
