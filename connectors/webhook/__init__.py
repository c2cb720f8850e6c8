"""Your own service as a target: it is told of each file by a signed event with a link.

Events: CloudEvents 1.0, structured JSON. Signatures: Standard Webhooks 1.0 (symmetric, `v1`).
"""
