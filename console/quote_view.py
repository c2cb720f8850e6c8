"""The view of quotes and of what was spent: in a terminal, and as JSON for scripts."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from foundry.rates import Expected
from pipelines.campaign.run_stats import RunStats
from pipelines.planning.quote import Quote, UnmeasuredWork

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


def spent_as_json(stats: RunStats) -> dict[str, str]:
    """Return what a run spent for scripts: seconds, and US dollars to other vendors."""
    return {
        "processor_seconds": f"{stats.processor_s:.3f}",
        "accelerator_seconds": f"{stats.accelerator_s:.3f}",
        "vendor_usd": f"{stats.vendor_usd:.6f}",
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
    return _in_words(quote.processor_s, quote.accelerator_s, quote.vendor_usd)


def print_spent(stats: RunStats, quote: Quote | None, out: Console) -> None:
    """Print what a run spent, beside its quote."""
    spent = _in_words(Expected(stats.processor_s), Expected(stats.accelerator_s), Expected(stats.vendor_usd))
    quoted = f"; the quote was {quote_in_words(quote)}" if quote else ""
    out.print(Text.assemble(("Spent", "bold"), f": {spent}{quoted}."))


def _in_words(processor_s: Expected, accelerator_s: Expected, vendor_usd: Expected) -> str:
    amounts = (
        _seconds_in_words(processor_s, "processors"),
        _seconds_in_words(accelerator_s, "accelerators"),
        _money_in_words(vendor_usd),
    )
    return ", ".join(filter(None, amounts)) or "nothing"


def _name(work: UnmeasuredWork) -> str:
    return f"{work.count:,} {NOUNS.get(work.work, work.work)} {work.subject}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _seconds_in_words(expected: Expected, of: str) -> str:
    if not expected.amount:
        return ""
    digits = 1 if expected.amount < 100 else 0
    error = f" ± {expected.error:,.{digits}f}" if expected.error else ""
    return f"{expected.amount:,.{digits}f} s{error} of {of}"


def _money_in_words(expected: Expected) -> str:
    if not expected.amount:
        return ""
    error = f" ± {expected.error:,.4f}" if expected.error else ""
    return f"${expected.amount:,.4f}{error} to other vendors"
