"""Bidirectional order, line breaking, fonts, shaping, paragraphs; `imaging.typesetting.text` is the door to them."""
