"""The nouns of delivery: a tenant's targets, the places that files have there, what is said of a file, and its receipt.

Nothing here asks a target; `connectors` do, and `pipelines.delivery` decides what goes where.
"""
