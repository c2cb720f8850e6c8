"""The trees of a file as parts of campaigns: one brief, a list of briefs, or a list of records with the same keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from foundry.adoption.leaf import Leaf, ListNode, MapNode, Node
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.understanding.context import Context
from foundry.adoption.understanding.entries import claims_of_entry, section_of_entries
from foundry.adoption.understanding.parts import Form, Part, Rows
from foundry.adoption.understanding.senses import is_known, sections_of, several_of

_DEEPEST_WRAPPER = 4


@dataclass(frozen=True)
class ReadDocuments:
    """The parts that all campaigns of a file share, and those that have a campaign each."""

    shared: tuple[Part, ...]
    campaigns: tuple[tuple[Part, ...], ...]


def read_documents(documents: Iterable[Node], answers: Mapping[str, str]) -> ReadDocuments:
    """Return the trees of a file as parts."""
    nodes = [_unwrapped(node) for node in documents]
    if len(nodes) == 1 and isinstance(nodes[0], MapNode):
        return _of_map(nodes[0], answers)
    items = list(nodes[0].items) if len(nodes) == 1 and isinstance(nodes[0], ListNode) else nodes
    maps = [_unwrapped(item) for item in items]
    if maps and all(isinstance(item, MapNode) for item in maps):
        return _of_list([item for item in maps if isinstance(item, MapNode)], answers)
    return ReadDocuments((), (tuple(Form(node, Context()) for node in nodes),) if nodes else ())


def _unwrapped(node: Node) -> Node:
    """Return the inside of maps with one key that adds nothing: `brief: {…}`, `data: {…}`."""
    for _ in range(_DEEPEST_WRAPPER):
        if not isinstance(node, MapNode) or len(node.entries) != 1:
            break
        key, inner = node.entries[0]
        wraps = Section.CAMPAIGN in sections_of(key) or not (is_known(key) or sections_of(key))
        if isinstance(inner, Leaf) or not wraps or several_of(key):
            break
        node = inner
    return node


def _of_map(node: MapNode, answers: Mapping[str, str]) -> ReadDocuments:
    found = _campaigns_in(node)
    if found:
        rest, campaigns = found
        shared = (Form(rest, Context()),) if rest.entries else ()
        return ReadDocuments(shared, tuple((Form(one, Context()),) for one in campaigns))
    if records := _records_in(node):
        rest, maps = records
        whole = _of_list(maps, answers)
        shared = (Form(rest, Context()),) if rest.entries else ()
        return ReadDocuments((*shared, *whole.shared), whole.campaigns)
    return ReadDocuments((), ((Form(node, Context()),),))


def _campaigns_in(node: MapNode) -> tuple[MapNode, list[MapNode]] | None:
    """Return the campaigns under a key such as `campaigns`, and the map without them."""
    for index, (key, child) in enumerate(node.entries):
        if several_of(key) is not Section.CAMPAIGN or isinstance(child, Leaf):
            continue
        found = child.items if isinstance(child, ListNode) else tuple(inner for _, inner in child.entries)
        maps = [_unwrapped(one) for one in found]
        if maps and all(isinstance(one, MapNode) for one in maps):
            rest = replace(node, entries=node.entries[:index] + node.entries[index + 1 :])
            return rest, [one for one in maps if isinstance(one, MapNode)]
    return None


def _records_in(node: MapNode) -> tuple[MapNode, list[MapNode]] | None:
    """Return the records of an export, `{records: [{fields: {…}}, …]}`, and the map without them."""
    lists = [(index, key, child) for index, (key, child) in enumerate(node.entries) if isinstance(child, ListNode)]
    if len(lists) != 1 or any(isinstance(child, MapNode) for _, child in node.entries):
        return None
    index, key, child = lists[0]
    if is_known(key) or sections_of(key) or not all(isinstance(item, MapNode) for item in child.items):
        return None
    rest = replace(node, entries=node.entries[:index] + node.entries[index + 1 :])
    return rest, [_flat(item) for item in child.items if isinstance(item, MapNode)]


def _flat(record: MapNode) -> MapNode:
    """Return a record with the facts of a map of unknown name, such as `fields`, beside the others."""
    entries: list[tuple[str, Node]] = []
    for key, child in record.entries:
        if isinstance(child, MapNode) and not is_known(key) and not sections_of(key):
            entries += child.entries
        else:
            entries.append((key, child))
    return replace(record, entries=tuple(entries))


def _of_list(maps: list[MapNode], answers: Mapping[str, str]) -> ReadDocuments:
    """Return a list of records as rows, or a list of whole briefs as campaigns."""
    maps = [_flat(one) for one in maps]
    context = Context(section=section_of_entries(maps, Context(), answers))
    if context.section is None and not _identified(maps, context, answers) and all(map(_is_whole, maps)):
        context = Context()
    whole = all(map(_is_whole, maps)) and not _identified(maps, context, answers)
    if whole and len(maps) > 1:
        return ReadDocuments((), tuple((Form(one, Context()),) for one in maps))
    if len(maps) == 1 and _is_whole(maps[0]):
        return ReadDocuments((), ((Form(maps[0], Context()),),))
    return ReadDocuments((Rows(tuple(maps), context, "record"),), ())


def _is_whole(record: MapNode) -> bool:
    """Return True if a record is a brief of its own: it has maps or lists, not facts alone."""
    return sum(not isinstance(child, Leaf) for _, child in record.entries) >= 2


def _identified(maps: list[MapNode], context: Context, answers: Mapping[str, str]) -> bool:
    """Return True if the first record names its campaign."""
    found = claims_of_entry(maps[0], context, answers)
    return any(claim.meaning in (Meaning.CAMPAIGN_NAME, Meaning.CAMPAIGN_ID) for claim in found)
