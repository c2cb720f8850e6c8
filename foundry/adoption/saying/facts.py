"""The claims of one campaign, by meaning and scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from foundry.adoption.claims import EVERYWHERE, Claim
from foundry.adoption.leaf import Key, Leaf
from foundry.adoption.meaning import Meaning

PRODUCT = frozenset(
    {
        Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID, Meaning.PRODUCT_DESCRIPTION, Meaning.PRODUCT_CATEGORY,
        Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_MODEL, Meaning.PRICE,
    }
)  # fmt: skip
"""The meanings that a product is made of."""

_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")


@dataclass(frozen=True)
class Facts:
    """The claims of one campaign, in the order of the file."""

    claims: tuple[Claim, ...]

    @cached_property
    def _by_meaning(self) -> dict[Meaning, list[Claim]]:
        found: dict[Meaning, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.meaning, []).append(claim)
        return found

    def of(self, *meanings: Meaning) -> list[Claim]:
        """Return the claims of some meanings, in the order of the file within each meaning."""
        return [claim for meaning in meanings for claim in self._by_meaning.get(meaning, [])]

    def of_product(self, product: int | None, *meanings: Meaning) -> list[Claim]:
        """Return the claims of some meanings that belong to one product, or with None to no certain one."""
        return [claim for meaning in meanings for claim in self._by_product.get((product, meaning), [])]

    @cached_property
    def _by_product(self) -> dict[tuple[int | None, Meaning], list[Claim]]:
        found: dict[tuple[int | None, Meaning], list[Claim]] = {}
        for claim in self.claims:
            found.setdefault((claim.scope.product, claim.meaning), []).append(claim)
        return found

    def beside(self, claim: Claim, meaning: Meaning) -> list[Claim]:
        """Return the claims of a meaning that stand in the same row or map as a claim."""
        return self._by_parent.get((claim.leaf.path[:-1], meaning), [])

    @cached_property
    def _by_parent(self) -> dict[tuple[tuple[Key, ...], Meaning], list[Claim]]:
        found: dict[tuple[tuple[Key, ...], Meaning], list[Claim]] = {}
        for claim in self.claims:
            found.setdefault((claim.leaf.path[:-1], claim.meaning), []).append(claim)
        return found

    @cached_property
    def common_currencies(self) -> list[Claim]:
        """The currencies that the file states for no certain product, each once for each market."""
        found = {(claim.scope.market, claim.text): claim for claim in self.of_product(None, Meaning.CURRENCY)}
        return list(found.values())

    @cached_property
    def products(self) -> tuple[int, ...]:
        """The positions of the products that have a fact of their own, in order."""
        return tuple(
            sorted({c.scope.product for c in self.claims if c.scope.product is not None and c.meaning in PRODUCT})
        )

    def of_one_product(self, product: int) -> Facts:
        """Return the facts of one product and of the campaign, without those of other products."""
        return Facts(tuple(claim for claim in self.claims if claim.scope.product in (None, product)))


def alike(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Return claims by their texts, of which letter case, blanks and a full stop at the end do not count."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(_folded(claim.text), []).append(claim)
    return {group[0].text: group for group in found.values()}


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip(".。").casefold()


def leaves(claims: Iterable[Claim]) -> tuple[Leaf, ...]:
    """Return the leaves of claims, each once."""
    return tuple(dict.fromkeys(claim.leaf for claim in claims))


def place_of(leaf: Leaf) -> str:
    """Return where a leaf stands, for people: its keys and its place in the file."""
    keys = ".".join(str(key) for key in leaf.path if key != "")
    place = str(leaf.place)
    return f"{keys} ({place})" if keys and place else keys or place


def anywhere(claim: Claim) -> Claim:
    """Return a claim that holds for the whole campaign."""
    return replace(claim, scope=EVERYWHERE)


def says(words: str, known: Iterable[str]) -> bool:
    """Return True if one of some known words stands among the words of a key; those of East Asia stand anywhere."""
    small = set(re.split(r"[\W_\d]+", _CAMEL.sub(" ", words).casefold()))
    return any(word in small or (not word.isascii() and word > "\u3000" and word in words) for word in known)
