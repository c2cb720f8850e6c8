"""The nouns of the factory and the rules on them; no Beam and no torch at import."""
