"""The view of quotes and of what was spent: in a terminal, and as JSON for scripts."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from foundry.rates import Expected
from foundry.spent import AMOUNTS, Spent
from pipelines.planning.quote import Quote, UnmeasuredWork

MICRO = 1_000_000
MOST_NAMED = 3
NOUNS = {
    "draw": "drawings by", "screen": "screenings by", "upscale": "enlargements by", "clip": "clips by",
    "file": "files for", "film": "films for", "further_film": "films in further locales for",
}  # fmt: skip
"""The objects of each kind of work that has a price."""


def quote_as_json(quote: Quote) -> dict[str, Any]:
    """Return a quote for scripts: each amount with its standard error, and what it rests on."""
    return {
        "processor_seconds": _amount_as_json(quote.processor_s, 3),
        "accelerator_seconds": _amount_as_json(quote.accelerator_s, 3),
        "vendor_usd": _amount_as_json(quote.vendor_usd, 6),
        "past_campaigns": quote.campaigns,
        "at_card_prices": [
            {"work": each.work, "subject": each.subject, "count": each.count} for each in quote.unmeasured
        ],
    }


def _amount_as_json(expected: Expected, digits: int) -> dict[str, str]:
    return {"expected": f"{expected.amount:.{digits}f}", "error": f"{expected.error:.{digits}f}"}


def spent_as_json(spent: Spent) -> dict[str, Any]:
    """Return what was spent for scripts: seconds, US dollars to other vendors, counts and bytes."""
    plain = {name: getattr(spent, name) for name in AMOUNTS if name != "vendor_micro_usd"}
    return {
        "processor_seconds": f"{spent.processor_us / MICRO:.3f}",
        "accelerator_seconds": f"{spent.accelerator_us / MICRO:.3f}",
        "vendor_usd": f"{spent.vendor_micro_usd / MICRO:.6f}",
        **plain,
    }


def print_quote(quote: Quote, out: Console) -> None:
    """Print a quote, on what past it rests, and what it takes at the cards' prices."""
    past = f"by what {_count(quote.campaigns, 'campaign')} of this tenant took" if quote.campaigns else NO_PAST
    out.print(Text.assemble(("Quote", "bold"), f": {quote_in_words(quote)}, {past}."))
    if quote.campaigns and quote.unmeasured:
        named = "; ".join(map(_name, quote.unmeasured[:MOST_NAMED]))
        more = len(quote.unmeasured) - MOST_NAMED
        rest = f"; and {_count(more, 'more kind')} of work" if more > 0 else ""
        out.print(Text(f"       Never measured for this tenant, so at the cards' prices: {named}{rest}."))


NO_PAST = "at the cards' prices, since nothing was measured for this tenant yet"


def quote_in_words(quote: Quote) -> str:
    """Return the amounts of a quote with their errors; those that are nothing are left out."""
    amounts = (
        _expected_seconds(quote.processor_s, "processors"),
        _expected_seconds(quote.accelerator_s, "accelerators"),
        _expected_money(quote.vendor_usd),
    )
    return ", ".join(filter(None, amounts)) or "nothing"


def spent_in_words(spent: Spent) -> str:
    """Return what was spent as a quote is told; amounts that are nothing are left out."""
    exact = {measure: Expected(getattr(spent, measure) / MICRO) for measure in ("processor_us", "accelerator_us")}
    amounts = (
        _expected_seconds(exact["processor_us"], "processors"),
        _expected_seconds(exact["accelerator_us"], "accelerators"),
        _expected_money(Expected(spent.vendor_micro_usd / MICRO)),
    )
    return ", ".join(filter(None, amounts)) or "nothing"


def print_spent(spent: Spent, quote: Quote | None, out: Console) -> None:
    """Print what a run spent, beside what it was quoted."""
    quoted = f"; the quote was {quote_in_words(quote)}" if quote else ""
    out.print(Text.assemble(("Spent", "bold"), f": {spent_in_words(spent)}{quoted}."))


def _name(work: UnmeasuredWork) -> str:
    return f"{work.count:,} {NOUNS.get(work.work, work.work)} {work.subject}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _expected_seconds(expected: Expected, of: str) -> str:
    if not expected.amount:
        return ""
    digits = 1 if expected.amount < 100 else 0
    error = f" ± {expected.error:,.{digits}f}" if expected.error else ""
    return f"{expected.amount:,.{digits}f} s{error} of {of}"


def _expected_money(expected: Expected) -> str:
    if not expected.amount:
        return ""
    error = f" ± {expected.error:,.4f}" if expected.error else ""
    return f"${expected.amount:,.4f}{error} to other vendors"
