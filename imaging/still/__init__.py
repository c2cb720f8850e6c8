"""Finished pictures: staging, composition, encoding, proof and check.

Imports foundry and the rest of imaging.
"""
