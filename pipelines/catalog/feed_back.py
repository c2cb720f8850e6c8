"""The feed back: the merchant's rows with the addresses of the files that were made, and what changed in them.

The feed is written whole, with all usable rows and not only the changed ones, and then takes its place in one step. The
deltas follow, and last the views by which the next run knows what was given. Ended anywhere, the next run gives the
same again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from foundry.catalog.catalog import Catalog, FeedBack
from foundry.catalog.giving.columns import text_columns
from foundry.catalog.giving.forms import FORMS, MADE_TEXT, Form
from foundry.catalog.products import Change, ProductRecord
from foundry.catalog.runs import GateFinding, catalog_folder
from foundry.store.object_store import ObjectStore
from pipelines.catalog.deltas import Deltas, write_deltas
from pipelines.catalog.feed_links import ItemLinks, LinkSettings, link_settings, open_links, write_links
from pipelines.catalog.given_rows import GivenRows
from pipelines.catalog.given_state import GivenBook, line_hashes, read_given, write_given
from pipelines.catalog.records import WITHDRAWN
from pipelines.catalog.report_words import count


@dataclass(frozen=True, kw_only=True)
class FeedBackWork:
    """What a feed back is made from. `own` is the tenant's store.

    records: the present record of each product that the run's comparison listed (made, restored, withdrawn), also of
    those that an earlier, broken run had made already. all_records: the records of all products, asked for only where
    the view of links is lost. whole: False for single products, of which only deltas are given. removed: items that the
    feed no longer has, where the rows do not tell.
    """

    own: ObjectStore
    catalog: Catalog
    run: str
    rows: GivenRows
    records: Iterable[ProductRecord]
    all_records: Callable[[], Iterator[ProductRecord]]
    on: date
    whole: bool = True
    removed: frozenset[str] = frozenset()

    @property
    def wanted(self) -> FeedBack:
        """The catalog's own settings of the feed back."""
        if self.catalog.feed_back is None:
            raise ValueError(f"catalog {self.catalog.id} asks for no feed back; look at catalog.feed_back first")
        return self.catalog.feed_back


@dataclass(frozen=True, kw_only=True)
class FeedBackResult:
    """What was given back. objects: names of feed and deltas by kind. rows: of the feed; linked: those with addresses.

    no_room: rows in which the merchant's own pictures leave no room for all of ours. updated, deleted: items in deltas.
    given: the table of rows that were given, for `keep_given`.
    """

    objects: dict[str, str] = field(default_factory=dict)
    findings: tuple[GateFinding, ...] = ()
    rows: int = 0
    linked: int = 0
    no_room: int = 0
    updated: int = 0
    deleted: int = 0
    form: str = ""
    given: Any = None


@dataclass
class _Counts:
    """What is counted while rows are written."""

    rows: int = 0
    linked: int = 0
    no_room: int = 0


def give_back(work: FeedBackWork) -> FeedBackResult:
    """Write the feed and its deltas; return their names and figures.

    Hand the result to `keep_given` once the run's state is replaced.
    """
    ended: set[str] = set()
    settings = link_settings(work.catalog, work.wanted, work.own, work.on)
    links = open_links(work.own, work.catalog.id, settings, work.all_records)
    links.update(_noting_ended(work.records, ended))
    form, counts = FORMS[work.wanted.format], _Counts()
    before = read_given(work.own, work.catalog.id, form.name) if work.wanted.deltas else None
    hashes = _write_rows(work, form, links, counts)
    book = GivenBook(work.rows.ids(), hashes, before)
    deltas = _write_deltas(work, form, links, book, ended) if work.wanted.deltas else Deltas()
    write_links(work.own, work.catalog.id, links)
    given = book.after(deltas.deleted_ids, whole=work.whole) if work.wanted.deltas else None
    objects = {"feed": feed_name(work.catalog.id, form)} if work.whole else {}
    return FeedBackResult(
        objects=objects | ({"deltas": deltas.index} if deltas.index else {}),
        findings=_findings(links, counts),
        rows=counts.rows,
        linked=counts.linked,
        no_room=counts.no_room,
        updated=deltas.updated,
        deleted=len(deltas.deleted_ids),
        form=form.name,
        given=given,
    )


def keep_given(own: ObjectStore, catalog: str, result: FeedBackResult) -> None:
    """Keep which rows were given, so that the next deltas hold what differs from them.

    A run that is repeated before this writes the same deltas again.
    """
    write_given(own, catalog, result.form, result.given)


def feed_name(catalog: str, form: Form) -> str:
    """Return the object name of the feed that is given back."""
    return f"{catalog_folder(catalog)}/feed/feed{form.suffix}"


def _noting_ended(records: Iterable[ProductRecord], into: set[str]) -> Iterator[ProductRecord]:
    """Yield the records; keep the items of those that were withdrawn because the feed no longer has them."""
    for record in records:
        if record.state == WITHDRAWN and record.reason == Change.GONE:
            into.update(record.product.items)
        yield record


def _write_rows(work: FeedBackWork, form: Form, links: ItemLinks, counts: _Counts) -> Any:
    """Write the feed, unless only deltas are wanted; return the hash of each row as it is given."""
    import numpy as np

    names = given_columns(form, work.rows, links.settings)
    hashes = [np.empty(0, np.int64)]
    with _target(work, form) as stream:
        if stream:
            stream.write(form.begin([form.names[name] for name in names], work.catalog.name).encode())
        for rows in linked_rows(work.rows, links, names, counts):
            lines = form.lines(_chosen(form.fit(rows), names), {name: form.names[name] for name in names})
            hashes.append(line_hashes(lines))
            if stream:
                stream.write(_text_of(lines))
        if stream:
            stream.write(form.end.encode())
    return np.concatenate(hashes)


@contextmanager
def _target(work: FeedBackWork, form: Form) -> Iterator[BinaryIO | None]:
    """Yield the file that becomes the feed in one step when the block ends well; None where none is wanted."""
    if not work.whole:
        yield None
        return
    with work.own.replacing(feed_name(work.catalog.id, form)) as path, path.open("wb") as stream:
        yield stream


def given_columns(form: Form, rows: GivenRows, settings: LinkSettings) -> tuple[str, ...]:
    """Return the attributes that the feed has, in the format's order: those with values, and those of our addresses."""
    used = rows.used | set(settings.attributes) | ({"condition"} if form.destination == "meta" else set())
    amounts = {name for typed, name in (("price_minor", "price"), ("sale_minor", "sale_price")) if typed in rows.used}
    used = (used - {"price", "sale_price"}) | amounts | ({"availability"} if "stock" in rows.used else set())
    return tuple(name for name in form.names if name in used or name == "id")


def linked_rows(
    rows: GivenRows, links: ItemLinks, names: Sequence[str], counts: _Counts | None = None
) -> Iterator[dict[str, Any]]:
    """Yield some attributes of the rows as columns of text, with our addresses in them, in the chunks of the reading.

    The attributes for text of models are always among them, because the others are held against them.
    """
    import pyarrow.compute as pc

    place = pc.index_in(rows.ids(), links.table["item"].combine_chunks())
    named = {name: links.table[name].combine_chunks() for name in links.settings.attributes}
    wanted = {*names, *MADE_TEXT.values()}
    at = 0
    for chunk in rows.chunks():
        here = place.slice(at, chunk.num_rows)
        at += chunk.num_rows
        ours = {name: pc.take(column, here) for name, column in named.items()}
        texts = text_columns(chunk, wanted)
        _add_links(texts, ours, links.settings, counts or _Counts())
        yield texts


def _add_links(texts: dict[str, Any], ours: dict[str, Any], settings: LinkSettings, counts: _Counts) -> None:
    """Put our addresses into columns of text: after the merchant's own, or in their place where one is taken."""
    import numpy as np
    import pyarrow.compute as pc

    rows = len(texts["id"])
    any_link = np.zeros(rows, bool)
    for name, column in ours.items():
        any_link |= pc.is_valid(column).to_numpy(zero_copy_only=False)
        most = settings.destination.attributes[name].most if name in settings.destination.attributes else 0
        if most == 1:
            texts[name] = pc.coalesce(column, texts[name])
        else:
            both = pc.binary_join_element_wise(texts[name], column, ",")  # null where either is
            texts[name], over = _cut(pc.coalesce(both, texts[name], column), most)
            counts.no_room += over
    counts.rows += rows
    counts.linked += int(any_link.sum())


def _cut(lists: Any, most: int) -> tuple[Any, int]:
    """Return lists of addresses, the longer ones cut to `most`, and the number of those that were cut."""
    import pyarrow as pa
    import pyarrow.compute as pc

    long = pc.fill_null(pc.greater_equal(pc.count_substring(lists, ","), most), False)
    over = int(pc.sum(long).as_py() or 0)
    if not over:
        return lists, 0
    cut = [text if text is None else ",".join(text.split(",")[:most]) for text in lists.to_pylist()]
    return pa.array(cut, pa.string()), over


def _chosen(texts: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: texts[name] for name in names}


def _text_of(lines: Any) -> bytes:
    """Return the texts of a column one after another: they lie so in its buffer already."""
    import numpy as np

    offsets = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    data: bytes = lines.buffers()[2][int(offsets[0]) : int(offsets[-1])].to_pybytes()
    return data


def _write_deltas(work: FeedBackWork, form: Form, links: ItemLinks, book: GivenBook, ended: set[str]) -> Deltas:
    """Write what changed. Of single rows, the items of a product that are not among them are still in the feed."""
    known_gone = ended if work.whole else work.removed
    deleted = book.gone(work.rows.set_aside, known_gone, only_known=work.rows.unread > 0 or not work.whole)
    changed = book.changed
    names = given_columns(form, work.rows, links.settings)
    return write_deltas(
        work.own, work.catalog, work.run, form, names, _changed_rows(work.rows, links, names, changed), deleted
    )


def _changed_rows(rows: GivenRows, links: ItemLinks, names: Sequence[str], changed: Any) -> Iterator[dict[str, Any]]:
    """Yield the changed rows as columns of text, with our addresses."""
    import pyarrow as pa

    at = 0
    for texts in linked_rows(rows, links, names):
        count = len(texts["id"])
        mask = pa.array(changed[at : at + count])
        at += count
        if changed[at - count : at].any():
            yield {name: column.filter(mask) for name, column in texts.items()}


def _findings(links: ItemLinks, counts: _Counts) -> tuple[GateFinding, ...]:
    """Return what the destination objects to in files and rows; none of it stops a run."""
    title = links.settings.destination.title
    found = [
        (count(each.files, "file"), f"{each.what}; left out of the feed back" if each.stops else f"advice: {each.what}")
        for _, each in sorted(links.reasons.items())
    ]
    if counts.no_room:
        rows = count(counts.no_room, "row")
        found.append((rows, f"the pictures in {rows} are as many already as {title} takes; further ones are left out"))
    return tuple(
        GateFinding(gate="destination", measured=measured, limit="", stops=False, what=what) for measured, what in found
    )
