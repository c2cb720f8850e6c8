"""The nouns of a catalog: its file, its rows and their verdicts, what became of each product, and the record of a run."""
