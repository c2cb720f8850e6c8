"""The messages of a strict brief: one text per field and locale, chosen or asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.copy_of_locales import MAIN, Spoken, usual_locale
from foundry.adoption.saying.facts import alike, leaves, place_of, says
from foundry.adoption.saying.locales import language, same_language
from foundry.adoption.saying.market import Market
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.saying.words_on_files import printed

FIELDS = {
    Meaning.HEADLINE: "headline", Meaning.SUBHEADLINE: "subheadline", Meaning.CALL_TO_ACTION: "call_to_action",
    Meaning.OFFER: "offer", Meaning.LEGAL: "legal",
}  # fmt: skip
_SLOGANS = (
    "tagline", "taglines", "slogan", "slogans", "strapline", "claim", "motto", "eslogan", "lema", "标语", "口号",
    "スローガン", "タグライン",
)  # fmt: skip
LEAVE_OUT = "leave out"
_FAR = 0.15
"""Two texts of one field are asked about, unless one of them is surer than the other by more than this."""
_CHOICES = 9
_LONGEST_LEGAL = 2_000


@dataclass
class _OneLocale:
    """The copy of one locale: the claims of the highest rank, by meaning."""

    tag: str
    claims: dict[Meaning, list[Claim]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def say_messages(
    spoken: list[Spoken], market: Market, candidates: list[Leaf], notebook: Notebook
) -> dict[str, dict[str, str]]:
    """Return the copy per locale. candidates: leaves of no certain meaning that may be the headline."""
    found = {tag: _say_locale(_highest(tag, spoken, notebook), notebook) for tag in market.ordered}
    made = {tag: one.words for tag, one in found.items()}
    foreign = [each.claim for each in spoken if not each.locales and each.claim.meaning in MAIN]
    if not foreign and not any("headline" in words for words in made.values()):
        return _without_headline(made, spoken, market, candidates, notebook)
    for tag, one in found.items():
        if "headline" not in one.words:
            _ask_for_locale(tag, made, market, notebook, foreign)
    kept = {tag: words for tag, words in made.items() if "headline" in words}
    _note_gaps(kept, notebook)
    return kept


def _highest(tag: str, spoken: list[Spoken], notebook: Notebook) -> _OneLocale:
    """Return the copy of one locale; what a closer text replaces is left."""
    one = _OneLocale(tag)
    ranks: dict[Meaning, int] = {}
    mine = [each for each in spoken if tag in each.locales]
    for each in mine:
        ranks[each.claim.meaning] = max(each.rank, ranks.get(each.claim.meaning, 0))
    for each in mine:
        if each.rank == ranks[each.claim.meaning]:
            one.claims.setdefault(each.claim.meaning, []).append(each.claim)
    for each in mine:
        if each.rank < ranks[each.claim.meaning]:
            if len(alike([*one.claims[each.claim.meaning], each.claim])) == len(alike(one.claims[each.claim.meaning])):
                one.claims[each.claim.meaning].append(each.claim)
                continue
            stands = one.claims[each.claim.meaning][0].text[:60]
            notebook.leave([each.claim.leaf], f"in {tag}, {stands!r} stands in its place, which is said for it alone")
    _lower_slogans(one, notebook)
    return one


def _lower_slogans(one: _OneLocale, notebook: Notebook) -> None:
    """Let a slogan be the line below the headline, where another text is the headline."""
    heads = one.claims.get(Meaning.HEADLINE, [])
    slogans = [claim for claim in heads if says(_key_of(claim.leaf), _SLOGANS)]
    if not slogans or (len(slogans) == len(heads) and Meaning.MESSAGE not in one.claims):
        return
    one.claims[Meaning.HEADLINE] = [claim for claim in heads if claim not in slogans]
    if Meaning.SUBHEADLINE in one.claims:
        notebook.leave(leaves(slogans), f"the headline and the line below it in {one.tag} are taken")
    else:
        one.claims[Meaning.SUBHEADLINE] = slogans


def _say_locale(one: _OneLocale, notebook: Notebook) -> _OneLocale:
    for meaning, name in FIELDS.items():
        claims = one.claims.get(meaning, [])
        if not claims:
            continue
        text = _legal(claims) if meaning == Meaning.LEGAL else ""
        if text:
            _put(one, name, text, claims, notebook)
        else:
            _choose(one, name, claims, notebook)
    _add_messages(one, notebook)
    return one


def _legal(claims: list[Claim]) -> str:
    """Return all legal lines as one text, since a line too many is better than one too few; "" if that is too long."""
    joined = " ".join(alike(claims))
    return joined if len(joined) <= _LONGEST_LEGAL else ""


def _put(one: _OneLocale, name: str, text: str, claims: list[Claim], notebook: Notebook) -> None:
    said = printed(text, f"messages.{one.tag}.{name}", notebook)
    if said:
        one.words[name] = said
        notebook.take(f"messages.{one.tag}.{name}", claims, said)


def _choose(one: _OneLocale, name: str, claims: list[Claim], notebook: Notebook) -> None:
    """Write the only or the surest text of a field, or ask which it is."""
    texts = alike(claims)
    question = f"contradiction {name.replace('_', ' ')} {one.tag}"
    answer = notebook.answer(question)
    sure = {text: max(claim.score for claim in group) for text, group in texts.items()}
    best, *others = sorted(texts, key=lambda text: -sure[text])
    if answer:
        best, others = answer, [text for text in texts if text != answer]
    elif others and sure[best] - sure[others[0]] <= _FAR:
        text = f"The file has {len(texts)} texts as {name.replace('_', ' ')} in {one.tag}. Which one stands?"
        choices = [Choice(each, place_of(group[0].leaf)) for each, group in list(texts.items())[:_CHOICES]]
        notebook.ask(question, text, choices, leaves(claims), default=best)
        one.words[name] = best
        return
    for text in others:
        notebook.leave(leaves(texts[text]), f"another text stands as {name.replace('_', ' ')} in {one.tag}")
    _put(one, name, best, texts.get(best) or claims, notebook)


def _add_messages(one: _OneLocale, notebook: Notebook) -> None:
    """Add copy of no stated rank: the headline where there is none, else the line below it."""
    claims = one.claims.get(Meaning.MESSAGE, [])
    said = {text.casefold() for text in one.words.values()}
    groups = {text: group for text, group in alike(claims).items() if text.casefold() not in said}
    for text in alike(claims):
        if text not in groups:
            notebook.take(f"messages.{one.tag}", alike(claims)[text], text)
    free = [name for name in ("headline", "subheadline") if name not in one.words]
    if not groups:
        return
    keys = {_key_of(group[0].leaf) for group in groups.values()}
    if len(groups) > len(free) or (len(groups) > 1 and len(keys) < len(groups)):
        if free:
            _choose(one, free[0], [claim for group in groups.values() for claim in group], notebook)
        else:
            rest = [claim.leaf for group in groups.values() for claim in group]
            notebook.leave(rest, f"the headline and the line below it in {one.tag} are taken")
        return
    order = sorted(groups, key=lambda text: -max(claim.score for claim in groups[text]))
    for name, text in zip(free, order, strict=False):
        _put(one, name, text, groups[text], notebook)


def _key_of(leaf: Leaf) -> str:
    return next((key for key in reversed(leaf.path) if isinstance(key, str)), "")


def _without_headline(
    made: dict[str, dict[str, str]],
    spoken: list[Spoken],
    market: Market,
    candidates: list[Leaf],
    notebook: Notebook,
) -> dict[str, dict[str, str]]:
    """Ask for the headline that no leaf is. It is never the campaign's name."""
    if answer := notebook.answer("headline"):
        tag = next(iter(market.ordered), "") or usual_locale(market, answer)
        made.setdefault(tag, {})
        made[tag] = {"headline": answer, **made[tag]}
        same = [leaf for leaf in candidates if leaf.text == answer]
        notebook.decide(f"messages.{tag}.headline", answer, "as answered", score=1, leaves=same)
        for other in [each for each, words in made.items() if "headline" not in words]:
            _ask_for_locale(other, made, market, notebook)
        return {each: words for each, words in made.items() if "headline" in words}
    copy = [each.claim.leaf for each in spoken if each.claim.meaning != Meaning.LEGAL]
    shown = list(dict.fromkeys((*candidates, *copy)))[:_CHOICES]
    choices = [Choice(leaf.text, place_of(leaf)) for leaf in shown]
    text = "No headline was found. Which text is it?" if shown else "No headline was found. What does it say?"
    notebook.ask("headline", text, choices, [leaf for leaf in shown if leaf in candidates])
    return made


def _ask_for_locale(
    tag: str, made: dict[str, dict[str, str]], market: Market, notebook: Notebook, foreign: Sequence[Claim] = ()
) -> None:
    """Ask for the copy of a locale that is ordered and has no headline, or take the answer.

    foreign: copy in a language that is not ordered, which may be meant for it.
    """
    own = made[tag]
    question = f"headline {tag}" if own else f"copy {tag}"
    sisters = [each for each in same_language(language(tag), made) if "headline" in made[each] and each != tag]
    answer = notebook.answer(f"copy {tag}") or notebook.answer(question)
    if answer.casefold() == LEAVE_OUT:
        made[tag] = {}
        notebook.decide(f"messages.{tag}", "", "left out, as answered", market.ordered.get(tag, ()), score=1)
        return
    if answer.casefold().startswith("as ") and (sister := answer[3:].strip()) in made:
        made[tag] = {**made[sister], **own}
        notebook.decide(f"messages.{tag}", f"as {sister}", "as answered", market.ordered.get(tag, ()), score=1)
        return
    if answer:
        made[tag] = {"headline": answer, **own}
        same = [claim for claim in foreign if claim.text == answer]
        notebook.decide(f"messages.{tag}.headline", answer, "as answered", same, score=1)
        return
    lacks = "has copy, but no headline" if own else "is ordered, and the file has no copy for it"
    choices = [Choice(LEAVE_OUT, "make no files in this locale")]
    choices += [Choice(f"as {each}", f"use the copy of {each}") for each in sisters[:_CHOICES]]
    text = f"{tag} {lacks}. Write its headline, or leave the locale out."
    choices += [Choice(claim.text, "the copy that the file has in another language") for claim in foreign[:_CHOICES]]
    notebook.ask(question, text, choices, leaves([*market.ordered.get(tag, ()), *foreign]))


def _note_gaps(made: dict[str, dict[str, str]], notebook: Notebook) -> None:
    """Say which fields some locales have and others lack."""
    used = [name for name in FIELDS.values() if any(name in words for words in made.values())]
    for tag, words in made.items():
        missing = [name.replace("_", " ") for name in used if name not in words]
        if missing:
            reason = f"the file has no {' and no '.join(missing)} in this locale, so its files show none"
            notebook.decide(f"messages.{tag}", words["headline"], reason)
