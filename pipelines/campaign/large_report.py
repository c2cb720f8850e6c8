"""The large form of the report: a small page whose filters know all files, and page files that it loads as needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from foundry.manifest import ManifestRecord
from pipelines.campaign.page_files import PageFiles, WritePageFile
from pipelines.campaign.report_page import PageFacts, write_page

SCRIPTS = ("asset.js", "columns.js", "facets.js", "large_report.js")


def write_large_report(
    target: Path, facts: PageFacts, records: Iterable[ManifestRecord], folder: str, write: WritePageFile
) -> None:
    """Write the page files of all records by `write`, then the page to `target`.

    `folder` leads from the page to its page files. Memory grows with the campaign's products and other facet values,
    not with its files.
    """
    files = PageFiles(write)
    for record in records:
        files.add(record)
    files.finish()
    data = {
        "root": facts.root,
        "folder": folder,
        "campaign": facts.figures.campaign,
        "rows": files.rows,
        "rows_per_column": files.rows_per_column,
        "rows_per_page": files.rows_per_page,
        "facets": [
            {"key": each.facet.key, "title": each.facet.title, "size": len(each.numbers)} for each in files.facets
        ],
        "files": files.hashes,
    }
    write_page(target, facts, "large_report", data, scripts=SCRIPTS, styles=("large_report.css",), own_files=True)
