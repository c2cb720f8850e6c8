"""Words in boxes: fonts, directions, line breaks, sizes, logos, and whether copy fits.

Imports foundry and imaging.pixels.
"""
