"""Model cards, and the cards that one plan selects.

Imports templates and the other rooms of foundry.
"""
