"""Filming with diffusers' video pipelines, and the measures and judges of clips.

May import foundry, imaging, models.registry, models.screening, models.drawing and the caches of loaded models.
"""
