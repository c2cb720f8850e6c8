"""How quotes and what was spent look in a terminal and to scripts."""

from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from console.quote_view import print_quote, print_spent, quote_as_json, spent_as_json
from console.views import plan_as_json, print_plan
from foundry.plan.estimate import count_needs
from foundry.rates import Expected
from foundry.store.object_store import LocalStore
from pipelines.campaign.run_stats import RunStats, StepUse
from pipelines.planning.quote import Quote, UnmeasuredWork, quote_work, read_past
from tests.support.briefs import admitted

QUOTE = Quote(
    processor_s=Expected(312.4, 14.2**2), accelerator_s=Expected(41.25, 1.5**2), vendor_usd=Expected(0.12, 0.01**2),
    campaigns=3, unmeasured=tuple(UnmeasuredWork("file", f"meta/slot-{n} 1a2b3c4d", 1200) for n in range(5)),
)  # fmt: skip
SPENT = RunStats(steps=(StepUse("draw", "draw", 299.0, 40.0), StepUse("render", "encode", 1.0, 0.0)), vendor_usd=0.125)


def terminal() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=300, soft_wrap=True), written


def test_a_quote_says_each_amount_with_its_error_and_what_it_rests_on() -> None:
    out, written = terminal()
    print_quote(QUOTE, out)
    first, second = written.getvalue().splitlines()
    assert first == (
        "Quote: 312 s ± 14 of processors, 41.2 s ± 1.5 of accelerators, $0.1200 ± 0.0100 to other vendors, "
        "by what 3 campaigns of this tenant took."
    )
    assert "at the cards' prices: 1,200 files for meta/slot-0 1a2b3c4d; " in second
    assert second.endswith("; and 2 more kinds of work.")


def test_a_tenant_without_a_past_is_told_so() -> None:
    out, written = terminal()
    print_quote(Quote(processor_s=Expected(4.0), accelerator_s=Expected(), vendor_usd=Expected(), campaigns=0), out)
    assert written.getvalue() == (
        "Quote: 4.0 s of processors, at the cards' prices, since nothing was measured for this tenant yet.\n"
    )


def test_what_was_spent_is_told_beside_the_quote() -> None:
    out, written = terminal()
    print_spent(SPENT, QUOTE, out)
    assert written.getvalue().startswith(
        "Spent: 300 s of processors, 40.0 s of accelerators, $0.1250 to other vendors; the quote was 312 s ± 14 of"
    )
    out, written = terminal()
    print_spent(RunStats(), None, out)
    assert written.getvalue() == "Spent: nothing.\n"


def test_scripts_get_quotes_and_amounts_as_exact_text() -> None:
    told = json.loads(json.dumps(quote_as_json(QUOTE)))
    assert told["processor_seconds"] == {"expected": "312.400", "error": "14.200"}
    assert told["vendor_usd"] == {"expected": "0.120000", "error": "0.010000"}
    assert told["past_campaigns"] == 3
    assert told["at_card_prices"][0] == {"work": "file", "subject": "meta/slot-0 1a2b3c4d", "count": 1200}
    spent = json.loads(json.dumps(spent_as_json(SPENT)))
    assert spent == {"processor_seconds": "300.000", "accelerator_seconds": "40.000", "vendor_usd": "0.125000"}


def test_a_plan_shows_its_quote_as_long_as_something_is_to_be_made(tmp_path: Path) -> None:
    each = admitted(tmp_path)
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    lacking = count_needs(each.plan, own)
    quote = quote_work(each.plan, lacking.work, read_past(own))
    out, written = terminal()
    print_plan(each, lacking, out, None, quote)
    assert "Quote: 0.6 s of processors" in written.getvalue()
    assert plan_as_json(each, lacking, None, quote)["quote"] == quote_as_json(quote)
