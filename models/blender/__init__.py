"""Views of product models, rendered by Blender in a process of its own.

May import foundry.
"""
