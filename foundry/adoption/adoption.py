"""Adoption of a file: what it says is seen, understood and said as strict briefs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from foundry.adoption.claims import Understanding
from foundry.adoption.leaf import Leaf, Seen, leaves_of
from foundry.adoption.said import Adoption, Decision, Said
from foundry.adoption.saying import Setting, say
from foundry.adoption.seeing import see
from foundry.adoption.understanding import understand
from foundry.brief.intake import parse, read_briefs
from foundry.errors import FoundryError, Refusals

NO_ANSWERS: Mapping[str, str] = MappingProxyType({})
LEAVE_OUT = "leave out"
"""The answer that gives up a locale which was ordered and has no copy."""
_COPY_ASKED = re.compile(r"copy (?!by product)(\S+)")
Propose = Callable[[Understanding], Understanding]
"""A helper that may propose meanings for what the rules left open, such as a language model."""


def adopt(
    path: Path,
    *,
    answers: Mapping[str, str] = NO_ANSWERS,
    tenant: str | None = None,
    tenant_ids: frozenset[str] | None = None,
    only: tuple[str, ...] = (),
    propose: Propose | None = None,
) -> Adoption:
    """Adopt every campaign of a YAML, JSON, JSON Lines, CSV, TSV, XLSX or text file.

    `answers` has the answers to questions by their ids. `tenant` is whose brief it is, where that is known;
    `tenant_ids` are the tenants that exist, None where nobody knows. `only` are the locales that are ordered, if not
    all of the file. Refusals, or another FoundryError, if the file cannot be read; what is unclear is a question. What
    is strict already stays as it is.
    """
    wanted = frozenset(map(_folded, only))
    if strict := _strict_already(path, tenant):
        return replace(strict, campaigns=tuple(_restrict(said, wanted, only) for said in strict.campaigns))
    seen = see(path)
    understood = understand(seen, answers)
    if propose:
        understood = propose(understood)
    setting = Setting(folder=path.parent, file_name=path.name, tenant=tenant, tenant_ids=tenant_ids)
    adoption = say(understood, answers, setting)
    if only:
        given_up = dict.fromkeys(_locales_left_open(adoption, wanted), LEAVE_OUT)
        if given_up:
            adoption = say(understood, {**given_up, **answers}, setting)
        adoption = replace(adoption, campaigns=tuple(_restrict(said, wanted, only) for said in adoption.campaigns))
    return replace(adoption, notes=tuple(dict.fromkeys((*seen.notes, *adoption.notes))))


def tenant_in(adoption: Adoption) -> str:
    """Return the id of the tenant to whom all campaigns belong; empty if it is unknown, or if there are several."""
    found = {str(said.draft.get("tenant", "")) for said in adoption.campaigns}
    return found.pop() if len(found) == 1 else ""


def is_settled(adoption: Adoption) -> bool:
    """Return True if there are campaigns, and every one has become a strict brief."""
    return bool(adoption.campaigns) and all(said.brief is not None for said in adoption.campaigns)


def _strict_already(path: Path, tenant: str | None) -> Adoption | None:
    """Return the briefs of a file of strict ones, with another tenant if one is named; None for any other file."""
    try:
        briefs = read_briefs(path)
    except FoundryError:
        return None
    kept = Decision("brief", "as it stands", "it is strict already", 1.0, _leaves_in(see(path)))
    drafts = [
        {**brief.model_dump(mode="json", exclude_defaults=True), **({"tenant": tenant} if tenant else {})}
        for brief in briefs
    ]
    said = (Said(draft, parse(draft), (kept,), (), ()) for draft in drafts)
    return Adoption(tuple(said), (f"{path.name} is strict already, and stays as it is",))


def _leaves_in(seen: Seen) -> tuple[Leaf, ...]:
    return tuple(leaf for document in seen.documents for leaf in leaves_of(document))


def _folded(tag: str) -> str:
    return tag.strip().replace("_", "-").casefold()


def _locales_left_open(adoption: Adoption, wanted: frozenset[str]) -> Iterable[str]:
    """Yield the ids of the questions for the copy of locales that nobody wants."""
    for question in adoption.questions:
        if (found := _COPY_ASKED.match(question.id)) and _folded(found[1]) not in wanted:
            yield question.id


def _restrict(said: Said, wanted: frozenset[str], only: tuple[str, ...]) -> Said:
    """Return the campaign with the messages, voices and subtitles of the wanted locales."""
    messages = dict(said.draft.get("messages", {}))
    unwanted = [tag for tag in messages if wanted and _folded(tag) not in wanted]
    if not unwanted:
        return said
    if len(unwanted) == len(messages):
        wrong = f"--only {','.join(only)} orders no locale that has copy; those of the file are {', '.join(messages)}"
        return replace(said, brief=None, problems=(*said.problems, wrong))
    draft = {**said.draft, "messages": _without(messages, unwanted)}
    if isinstance(film := draft.get("film"), dict):
        spoken = {field: _without(film[field], unwanted) for field in ("voice_over", "subtitles") if field in film}
        draft["film"] = {**film, **spoken}
    left_out = tuple(
        Decision(f"messages.{tag}", "left out", f"only {', '.join(only)} are ordered", 1.0) for tag in unwanted
    )
    said = replace(said, draft=draft, decisions=(*said.decisions, *left_out))
    if said.brief is None:
        return said
    try:
        return replace(said, brief=parse(draft))
    except Refusals as refused:
        return replace(said, brief=None, problems=(*said.problems, *map(str, refused.problems)))


def _without(by_locale: Mapping[str, object], unwanted: Iterable[str]) -> dict[str, object]:
    left = frozenset(unwanted)
    return {tag: value for tag, value in by_locale.items() if tag not in left}
