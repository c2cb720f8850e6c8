"""Learned enlargement: a compact network, tiles, streams of strips, and files in and out."""
