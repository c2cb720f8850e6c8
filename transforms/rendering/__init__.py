"""Pixels of renditions: text, composition, encoding, checks. Plain functions; Beam is not imported here."""
