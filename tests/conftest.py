"""Tests whose needs are not met are skipped, in CI failed; the end of the run says which were left out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.left_out import block, reason
from tests.support.needing import IN_CI, NEEDS, lacking

# A machine under load is slow, not wrong. CI tries the same examples in every run; elsewhere new ones are tried.
settings.register_profile("foundry", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("foundry")


LONG = {"campaign", "flink", "slow"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold long tests, so that no worker is left alone with one of them at the end."""
    long = {item.path for item in items if LONG & {marker.name for marker in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look at what the test's markers need, before any fixture starts a server."""
    for marker in item.iter_markers():
        if marker.name in NEEDS and (lack := lacking(marker.name, *marker.args)):
            if IN_CI and not NEEDS[marker.name].optional:
                pytest.fail(f"CI needs it: {lack} [{marker.name}]", pytrace=False)
            pytest.skip(reason(marker.name, lack))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail the test that leaves the process in the mode in which denormal numbers are zero, rather than a later one."""
    if sys.float_info.min / 2 == 0:
        pytest.fail("it left this process without denormal numbers (torch.set_flush_denormal)", pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Tell once what was skipped, with the command that brings it, and close with the names of tests that failed."""
    skipped = [report.longrepr for report in terminalreporter.getreports("skipped")]
    reasons = Counter(str(told[2]).removeprefix("Skipped: ") for told in skipped if isinstance(told, tuple))
    if lines := block(reasons):
        terminalreporter.section("left out")
        for line in lines:
            terminalreporter.line(line)
    yield
    for report in (*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")):
        terminalreporter.line(f"failed: {report.nodeid}")
