"""How good a drawing model is, measured: a fixed prompt set, independent measures, marks, and a page to look at."""
