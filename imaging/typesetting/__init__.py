"""Words in boxes: fonts, directions, line breaks, sizes, logos, and the test that copy fits.

Imports foundry and imaging.pixels.
"""
