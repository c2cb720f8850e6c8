"""The marks of tests that need a server of the local stack."""

from __future__ import annotations

import pytest

MARKERS = {"kafka": "Kafka", "flink": "Flink", "prism": "Prism"}


def pytest_configure(config: pytest.Config) -> None:
    for name, server in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: needs the local stack's {server}")
