"""The training of the embedded models, each repeatable by one command.

May import foundry, imaging, models, lab.renders and lab.evaluation.
"""
