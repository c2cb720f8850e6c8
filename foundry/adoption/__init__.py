"""Adoption: a brief as people write it is seen, understood and said as a strict one, or asked about.

`see` reads a file as leaves with their places; `understand` gives each leaf a meaning; `say` writes the strict brief,
and says why, what is open and what was not understood. Every leaf is mapped, asked about or listed.
"""
