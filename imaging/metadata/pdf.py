"""Metadata of PDF (ISO 32000-2, 14.3.2): a stream of the document."""

from __future__ import annotations

import io

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece
from imaging.still.encoding.pdf import pikepdf_library, saved


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the document with its XMP replaced; all other streams keep their bytes."""
    pikepdf = pikepdf_library()
    try:
        document = pikepdf.open(io.BytesIO(data[:]))
    except pikepdf.PdfError as error:
        raise CannotEmbed("pdf", f"cannot be read ({error})") from error
    with document:
        kinds = {"Type": pikepdf.Name.Metadata, "Subtype": pikepdf.Name.XML}
        document.Root.Metadata = pikepdf.Stream(document, packets.xmp, **kinds)
        return [saved(document)]
