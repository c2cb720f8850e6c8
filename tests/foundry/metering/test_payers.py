"""Who pays for work: equal parts that add up, on other threads too, and what is left over is paid by the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from foundry.metering.leftovers import left_over, take_leftovers
from foundry.metering.payers import Account, carried, current_payers, note, paid_by, paid_by_only
from foundry.spent import NOTHING_SPENT, Spent, StepTime, add_spent


def accounts(*names: str) -> dict[str, Account]:
    return {name: Account() for name in names}


def test_what_is_done_for_several_is_split_equally_and_adds_up() -> None:
    paying = accounts("a", "b", "c")
    with paid_by(paying):
        note(model_calls=1, bytes_read=100)
        note(bytes_read=1)
    parts = [account.spent() for account in paying.values()]
    assert [part.bytes_read for part in parts] == [33, 33, 35]
    assert add_spent(parts) == Spent(model_calls=1, bytes_read=101)


def test_nobody_pays_outside_of_a_block_and_the_outer_ones_pay_again_after_an_inner_one() -> None:
    outer, inner = accounts("outer"), accounts("inner")
    note(model_calls=5)
    with paid_by(outer):
        with paid_by(inner):
            note(model_calls=1)
        note(model_calls=2)
    assert not current_payers()
    assert (outer["outer"].spent().model_calls, inner["inner"].spent().model_calls) == (2, 1)


def test_a_call_for_some_of_a_batch_is_paid_by_those() -> None:
    paying = accounts("a", "b")
    with paid_by(paying):
        with paid_by_only(["b"]):
            note(vendor_calls=1)
        with paid_by_only(["of somebody else"]):
            note(vendor_calls=2)
    assert [account.spent().vendor_calls for account in paying.values()] == [1, 2]


def test_work_that_is_carried_to_another_thread_is_paid_by_those_who_sent_it() -> None:
    paying = accounts("a")
    with ThreadPoolExecutor(1) as pool:
        with paid_by(paying):
            sent = carried(lambda by: note(bytes_written=by))
            pool.submit(note, bytes_written=1).result()
        pool.submit(sent, 10).result()
        pool.submit(sent, 10).result()
    assert paying["a"].spent().bytes_written == 20


def test_an_account_takes_over_what_was_spent_elsewhere() -> None:
    account = Account()
    account.charge("draw", processor_ns=2_500, accelerator_ns=7_000)
    account.take_over(Spent(steps=(StepTime("draw", 1, 1), StepTime("write", 0, 4)), model_calls=1))
    assert account.spent() == Spent(steps=(StepTime("draw", 8, 3), StepTime("write", 0, 4)), model_calls=1)


def test_leftovers_are_taken_once_by_the_same_stage_and_tenant() -> None:
    with left_over("render", "payers-test", "write"):
        note(bytes_written=7)
    assert take_leftovers("render", "other") == NOTHING_SPENT
    assert take_leftovers("draw", "payers-test") == NOTHING_SPENT
    assert take_leftovers("render", "payers-test").bytes_written == 7
    assert take_leftovers("render", "payers-test") == NOTHING_SPENT
