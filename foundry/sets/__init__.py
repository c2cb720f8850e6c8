"""Sets as data: what a set file says, the shipped and the tenants' own files, and the words that choose one.

May import the rest of foundry. It renders nothing; `models.sets` does.
"""
