"""The nouns of the factory and the rules on them; nothing that runs, and neither Beam nor torch at import.

Imports templates.
"""

import os

# Threads of a drawing wait for each other at every layer. Where others render on the same cores, waiting in a loop, as
# GNU OpenMP does for 300,000 turns, takes those cores from the very thread that is waited for. Read at torch's import.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
