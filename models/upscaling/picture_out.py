"""Writes streams of rows as PNG or TIFF; the file appears under its name when it is whole."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imaging.pixels.arrays import Pixels
from imaging.pixels.levels import to_levels
from imaging.pixels.png import ROWS_AT_ONCE, PngWriter
from imaging.pixels.rows import Rows, RowWindow

TIFF_ROWS = 64
FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}


@dataclass(frozen=True)
class PictureOut:
    """Where a picture goes and how: bits per channel and the ICC profile to pass on (b"" for none)."""

    path: Path
    bits: int
    profile: bytes

    def write(self, rows: Rows) -> None:
        """Write all rows beside the target, then rename; what fails leaves nothing behind."""
        write = self._png if FORMATS[self.path.suffix.lower()] == "PNG" else self._tiff
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".unfinished-") as folder:
            scratch = Path(folder) / self.path.name
            write(scratch, rows)
            scratch.replace(self.path)

    def _png(self, path: Path, rows: Rows) -> None:
        shape = (rows.height, rows.width, rows.channels)
        with path.open("wb") as stream:
            writer, top = PngWriter(stream, shape, self.bits, profile=self.profile, srgb=False), 0
            for part in _parts(rows):
                writer.write(to_levels(part, self.bits, top))
                top += len(part)
            writer.close()

    def _tiff(self, path: Path, rows: Rows) -> None:
        import tifffile

        shape = (rows.height, rows.width, rows.channels)
        with tifffile.TiffWriter(path) as writer:
            writer.write(
                self._tiff_strips(rows),
                shape=shape if rows.channels > 1 else shape[:2],
                dtype=f"uint{self.bits}",
                photometric="rgb" if rows.channels >= 3 else "minisblack",
                planarconfig="contig" if rows.channels > 1 else None,
                extrasamples=["unassalpha"] if rows.channels in (2, 4) else None,
                rowsperstrip=TIFF_ROWS,
                compression="adobe_deflate",
                iccprofile=self.profile or None,
                metadata=None,
                software=False,
            )

    def _tiff_strips(self, rows: Rows) -> Iterator[bytes]:
        window = RowWindow(rows)
        for top in range(0, rows.height, TIFF_ROWS):
            strip = window.span(top, min(top + TIFF_ROWS, rows.height))
            levels = to_levels(strip, self.bits, top)
            yield zlib.compress(levels.astype(levels.dtype.newbyteorder("<")).tobytes(), 1)


def _parts(rows: Rows) -> Iterator[Pixels]:
    """The strips in low pieces, so that copies on the way to levels are small beside them."""
    for strip in rows.strips:
        for top in range(0, len(strip), ROWS_AT_ONCE):
            yield strip[top : top + ROWS_AT_ONCE]
