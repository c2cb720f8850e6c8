"""The training of the embedded model: rendered scenes, captions, networks, schedules.

Imports foundry, imaging and models.
"""
