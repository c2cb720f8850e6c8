"""The plan: shots, variants, clips, timelines and what they cost.

Imports templates and the other rooms of foundry.
"""
