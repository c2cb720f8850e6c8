"""Positions of a plan's files by arithmetic: no file is made, or counted, to find another one.

A plan's shots are in the order subject, scene, side, alternative; the files of each shot follow one another. All files
of one scene and side are alike in number for each product and alternative, so sums over a few rows say where any file
is. Finding one takes time in proportion to the logarithm of the subjects.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class FilePositions:
    """The counts that decide where the files of a plan are.

    products: the number of products of each subject. row_files: for each pair of scene and side, the files of one
    product in one alternative. alternatives: of each shot.
    """

    products: tuple[int, ...]
    row_files: tuple[int, ...]
    alternatives: int

    @cached_property
    def _products_before(self) -> tuple[int, ...]:
        return _sums(self.products)

    @cached_property
    def _files_before(self) -> tuple[int, ...]:
        """The files of one product, in all alternatives, before each row; the last figure is that of all rows."""
        return _sums(self.alternatives * files for files in self.row_files)

    @property
    def total(self) -> int:
        """The number of files of the plan."""
        return self._products_before[-1] * self._files_before[-1]

    def files_of(self, shot: int) -> int:
        """Return the number of files of the shot at a position."""
        subject, row, _ = self._coordinates(shot)
        return self.products[subject] * self.row_files[row]

    def before(self, shot: int) -> int:
        """Return the number of files before those of the shot at a position, which may be one past the last shot."""
        if shot >= len(self.products) * len(self.row_files) * self.alternatives:
            return self.total
        subject, row, alternative = self._coordinates(shot)
        earlier = self._files_before[row] + alternative * self.row_files[row]
        return self._products_before[subject] * self._files_before[-1] + self.products[subject] * earlier

    def locate(self, file: int) -> tuple[int, int]:
        """Return the position of the shot to which the file at a position belongs, and the file's place among its own.

        IndexError if the plan has no such file.
        """
        if not 0 <= file < self.total:
            raise IndexError(f"the plan has {self.total} files, and none at position {file}")
        per_product = self._files_before[-1]
        subject = bisect_right(self._products_before, file // per_product) - 1
        rest = file - self._products_before[subject] * per_product
        row = bisect_right(self._files_before, rest // self.products[subject]) - 1
        rest -= self.products[subject] * self._files_before[row]
        alternative, place = divmod(rest, self.products[subject] * self.row_files[row])
        return (subject * len(self.row_files) + row) * self.alternatives + alternative, place

    def _coordinates(self, shot: int) -> tuple[int, int, int]:
        rest, alternative = divmod(shot, self.alternatives)
        subject, row = divmod(rest, len(self.row_files))
        return subject, row, alternative


def _sums(counts: Iterable[int]) -> tuple[int, ...]:
    return tuple(accumulate(counts, initial=0))
