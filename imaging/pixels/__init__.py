"""Arithmetic on pixels: crops, reductions, contrast, levels, similarity, PNG and master files.

Imports foundry.
"""
