"""The marks of tests that need a server of the local stack."""

from __future__ import annotations

import pytest

MARKERS = {"kafka": "Kafka", "flink": "Flink", "prism": "Prism"}


TOOLS = ("helm", "promtool", "hclfmt", "hadolint")


def pytest_configure(config: pytest.Config) -> None:
    for name, server in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: needs the local stack's {server}")
    for name in TOOLS:
        config.addinivalue_line("markers", f"{name}: needs the program {name}; see tests/infra/tools.py")
