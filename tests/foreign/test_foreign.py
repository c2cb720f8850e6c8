"""Briefs as teams write them are read as a careful person reads them, or asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.foreign.expected import Foreign, foreign_briefs
from tests.foreign.judging import differences
from tests.foreign.table import DOCUMENT, document_with, table


@pytest.mark.parametrize("foreign", foreign_briefs(), ids=str)
def test_a_foreign_brief_is_read_as_a_person_reads_it(foreign: Foreign, tmp_path: Path) -> None:
    assert differences(foreign, tmp_path) == []


def test_the_manual_has_the_table_of_the_foreign_briefs() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert document_with(table(foreign_briefs()), written) == written
