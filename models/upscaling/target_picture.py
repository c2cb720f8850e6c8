"""Writer of streams of rows as PNG or TIFF files, which appear under their name when they are whole."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imaging.pixels.arrays import Pixels
from imaging.pixels.levels import to_levels
from imaging.pixels.png_stream import ROWS_AT_ONCE, PngWriter
from imaging.pixels.rows import Rows, RowWindow

TIFF_ROWS = 64
FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}


@dataclass(frozen=True)
class TargetPicture:
    """A picture file to write: its path, bits per channel, and the ICC profile to pass on (b"" for none)."""

    path: Path
    bits: int
    profile: bytes

    def write(self, rows: Rows) -> None:
        """Write all rows into a file beside the target, then rename it; a failure leaves nothing behind."""
        write = self._write_png if FORMATS[self.path.suffix.lower()] == "PNG" else self._write_tiff
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".unfinished-") as folder:
            scratch = Path(folder) / self.path.name
            write(scratch, rows)
            scratch.replace(self.path)

    def _write_png(self, path: Path, rows: Rows) -> None:
        shape = (rows.height, rows.width, rows.channels)
        with path.open("wb") as stream:
            writer, top = PngWriter(stream, shape, self.bits, profile=self.profile, srgb=False), 0
            for part in _low_strips(rows):
                writer.write(to_levels(part, self.bits, top))
                top += len(part)
            writer.close()

    def _write_tiff(self, path: Path, rows: Rows) -> None:
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


def _low_strips(rows: Rows) -> Iterator[Pixels]:
    """Yield the strips in pieces of few rows, so that copies on the way to levels are small beside them."""
    for strip in rows.strips:
        for top in range(0, len(strip), ROWS_AT_ONCE):
            yield strip[top : top + ROWS_AT_ONCE]
