"""The nouns of a catalog: its file, its rows and their verdicts, its products, and the record of a run."""
