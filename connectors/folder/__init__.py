"""Delivery into a folder of this machine, or one that is mounted here."""
