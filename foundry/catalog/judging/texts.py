"""Rules on titles and descriptions, which files may show."""

from __future__ import annotations

from html import unescape

import numpy as np

from foundry.brief.markup import LONGEST, ROUNDS, clean_line, clean_markup, markup_in
from foundry.catalog.judging.columns import (
    Flags,
    RowColumns,
    Texts,
    by_value,
    flags,
    matches,
    present,
    replaced,
    spread,
)
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.identifiers import text_lengths, without_nothing
from foundry.catalog.judging.rules import MOST_TITLE
from foundry.catalog.judging.shapes import BROKEN, CONTROL, FOREIGN

_MARKUP = r"&[A-Za-z#]|<[A-Za-z/!?]|\]\]>"
_STRUCTURED = r'^[a-z_ ]{1,40}:\s*"?((?s:.*?))"?$'
_CAPITALS = 12
"""Capital letters from which on a title without small ones shouts; shorter ones are names such as NASA."""


def judge_titles(rows: RowColumns, findings: Findings) -> None:
    """Judge the titles, after the entities in them are decoded."""
    written = _or_structured(without_nothing(rows.text("title")), rows, "structured_title")
    findings.add("missing_title", "title", ~present(written))
    lengths = text_lengths(written)
    oversized = lengths > MOST_TITLE
    findings.add("oversized_title", "title", oversized)
    findings.add_too_long("long_title", "title", np.where(oversized, 0, lengths))
    titles = _on_one_line(_decoded(written, ~oversized, findings))
    findings.add("wordless_title", "title", present(written) & ~oversized & ~_has_words(titles))
    findings.add("control_characters", "title", matches(titles, CONTROL))
    findings.add("broken_letters", "title", matches(titles, BROKEN))
    findings.add("swapped_value", "title", matches(titles, FOREIGN))
    findings.add("shouting_title", "title", _shouts(titles, ~oversized))
    rows.replace("title", titles)


def _or_structured(texts: Texts, rows: RowColumns, structured: str) -> Texts:
    """Return texts, and where there is none, the content of the structured form: `trained_algorithmic_media:"…"`."""
    import pyarrow.compute as pc

    if not rows.has(structured):
        return texts
    return pc.coalesce(texts, pc.replace_substring_regex(rows.text(structured), _STRUCTURED, r"\1"))


def _on_one_line(texts: Texts) -> Texts:
    import pyarrow.compute as pc

    if not matches(texts, r"[\t\r\n]|  ").any():
        return texts
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))


def _has_words(titles: Texts) -> Flags:
    found = matches(titles, "[0-9A-Za-z]")
    at = np.flatnonzero(~found & present(titles))
    found[at] = [any(map(str.isalnum, text)) for text in titles.take(at).to_pylist()]
    return found


def _shouts(titles: Texts, short: Flags) -> Flags:
    import pyarrow.compute as pc

    found = flags(pc.utf8_is_upper(titles)) & short
    at = np.flatnonzero(found)
    found[at] = [sum(map(str.isupper, text)) >= _CAPITALS for text in titles.take(at).to_pylist()]
    return found


def _decoded(titles: Texts, short: Flags, findings: Findings) -> Texts:
    at = np.flatnonzero(matches(titles, _MARKUP) & short)
    found = [text if markup_in(text) else None for text in titles.take(at).to_pylist()]
    tagged, decoded = np.zeros(len(titles), np.bool_), np.zeros(len(titles), np.bool_)
    for position, text in zip(at, found, strict=True):
        if text is not None:
            (tagged if has_tags(text) else decoded)[position] = True
    findings.add("html_in_title", "title", tagged)
    findings.add("entities_in_title", "title", decoded)
    positions = np.flatnonzero(decoded)
    return replaced(titles, positions, [clean_line(text) for text in titles.take(positions).to_pylist()])


def has_tags(text: str) -> bool:
    """Return True if a text holds a tag of HTML, also one that is written as entities."""
    for _ in range(ROUNDS):
        marks = markup_in(text)
        if any(mark.startswith(("<", "]")) for mark in marks):
            return True
        if not marks:
            return False
        text = unescape(text)
    return False


def judge_descriptions(rows: RowColumns, findings: Findings) -> None:
    """Judge the descriptions; markup and control characters are taken out, and 5,000 characters are kept."""
    import pyarrow.compute as pc

    texts = _or_structured(without_nothing(rows.text("description")), rows, "structured_description")
    findings.add("missing_description", "description", ~present(texts))
    if texts.null_count == len(texts):
        rows.replace("description", texts)
        return
    lengths = text_lengths(texts)
    findings.add_too_long("long_description", "description", lengths)
    if (lengths > LONGEST).any():
        texts = pc.utf8_slice_codeunits(texts, 0, LONGEST)
    texts = _as_read(texts, findings)
    control = matches(texts, CONTROL)
    findings.add("control_in_description", "description", control)
    if control.any():
        texts = pc.replace_substring_regex(texts, CONTROL, "")
    findings.add("broken_description", "description", matches(texts, BROKEN))
    findings.add("swapped_value", "description", matches(texts, FOREIGN))
    rows.replace("description", texts)


def _as_read(texts: Texts, findings: Findings) -> Texts:
    """Return descriptions as a browser shows them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    at = np.flatnonzero(matches(texts, _MARKUP))
    cleaned, indices = by_value(texts.take(at), lambda text: clean_markup(text) or None)
    other = replaced(texts, at, spread(cleaned, indices, pa.string()).to_pylist())
    changed = flags(pc.not_equal(texts, other)) | (present(texts) & ~present(other))
    findings.add("html_in_description", "description", changed)
    return other
