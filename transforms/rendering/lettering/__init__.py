"""Bidirectional order, line breaking, fonts, shaping, paragraphs; `transforms.rendering.text` is the door to them."""
