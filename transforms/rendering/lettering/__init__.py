"""Letters: bidirectional order, line breaking, fonts, shaping and paragraphs; `transforms.rendering.text` is its door."""
