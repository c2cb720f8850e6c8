"""Layouts in the language that designers write, and the files that hold them.

Imports templates and the other rooms of foundry.
"""
