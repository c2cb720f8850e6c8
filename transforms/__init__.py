"""The stages of the flow as Beam steps, one module a stage, and the functions that do each stage's work.

Imports models, imaging, foundry and templates.
"""
