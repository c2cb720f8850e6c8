"""Admission: a brief becomes a plan, or refusals with reasons. Starts without Beam and torch.

Imports foundry, imaging and models.registry.
"""
