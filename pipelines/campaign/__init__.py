"""One run of campaigns: the flow, its report, the explanation of its files.

Imports every room but console.
"""
