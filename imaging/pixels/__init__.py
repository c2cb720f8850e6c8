"""Arithmetic on pixels: crops, reductions, levels, similarity, PNG and master files.

Imports foundry.
"""
