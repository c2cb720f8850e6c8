"""Evaluation of models: a fixed prompt set, independent measures, marks, evidence files, and pages for people."""
