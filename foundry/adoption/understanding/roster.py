"""The products and scenes of a campaign, numbered in the order in which the file names them."""

from __future__ import annotations

from foundry.adoption.understanding.keys import phrase_of, spelled


def plain(name: str) -> str:
    """Return a name as names are compared: in small letters, with blanks between its words."""
    return spelled(phrase_of(name)) or name.casefold()


class Roster:
    """Things that are found by a name, an id or a number. `expected`: names that the file is known to bring."""

    def __init__(self, expected: frozenset[str] = frozenset()) -> None:
        self._expected = expected
        self._by_name: dict[str, int] = {}
        self._by_number: dict[int, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def names(self) -> frozenset[str]:
        """The names and ids so far, as they are compared."""
        return frozenset(self._by_name) | self._expected

    def knows(self, name: str) -> bool:
        """Return True if something has this name or id, or is expected to have it."""
        return plain(name) in self._by_name or plain(name) in self._expected

    def find(self, name: str) -> int | None:
        """Return the position of what has this name or id."""
        return self._by_name.get(plain(name))

    def at(self, *names: str) -> int:
        """Return the position of what has one of these names and ids, which it has from now on; a new one if none has.

        Without a name, it is always a new one.
        """
        known = [plain(name) for name in names if name]
        index = next((self._by_name[name] for name in known if name in self._by_name), None)
        if index is None:
            index = self._count
            self._count += 1
        for name in known:
            self._by_name.setdefault(name, index)
        return index

    def numbered(self, number: int) -> int:
        """Return the position of what keys such as `product_2` number; a new one for a new number."""
        if number not in self._by_number:
            self._by_number[number] = self.at()
        return self._by_number[number]

    def has_number(self, number: int) -> bool:
        """Return True if a key has numbered something so."""
        return number in self._by_number

    def name(self, index: int, name: str) -> None:
        """Give what is at a position a name."""
        self._by_name.setdefault(plain(name), index)
