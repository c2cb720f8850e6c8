"""Scenes rendered by this project: the pictures that models are trained on and measured against.

May import foundry, imaging and models.
"""
