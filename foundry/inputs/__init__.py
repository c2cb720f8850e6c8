"""The files that a brief brings: pictures, product models, sounds; what each must be.

Imports templates and the other rooms of foundry.
"""
