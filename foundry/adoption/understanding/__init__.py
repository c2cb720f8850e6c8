"""Understanding: each leaf that is seen gets a meaning with a reason and a score, a doubt, or a place in the list.

Evidence comes from the words of the key (words.yaml), the shape of the value and the place where it stands. Rows, maps
and lists give the facts their scope: a product, a language, a market, a placement.
"""

from foundry.adoption.understanding.understand import understand

__all__ = ["understand"]
