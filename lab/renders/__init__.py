"""Scenes rendered by this project: the pictures that models are trained on and measured against.

Imports foundry, imaging and models.
"""
