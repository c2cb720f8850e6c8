"""A dispatcher with the painting generator, as a process that tests kill: folder, group, brokers, options."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.bus.settings import BusSettings
from pipelines.dispatcher.logs import log_as_json
from pipelines.dispatcher.scheduler import Limits
from pipelines.dispatcher.serving import serve
from tests.pipelines.dispatcher.factory import Factory
from tests.support.fakes import SlowPainter

if __name__ == "__main__":
    folder, group, bootstrap, *told = sys.argv[1:]
    changes = dict(option.split("=", 1) for option in told)
    factory = Factory(BusSettings(bootstrap=bootstrap), Path(folder), group, changes.get("store", ""))
    log_as_json()
    limits = Limits(cost=int(changes.get("cost", "400")), jobs=int(changes.get("jobs", "32")))
    wait, patience = float(changes.get("max_poll", "300")), float(changes.get("patience", "60"))
    painter = SlowPainter(float(changes.get("slow", "0")))
    options = {"limits": limits, "max_poll_interval_s": wait, "patience_s": patience}
    serve(factory.bus, factory.serving(**options, http_port=int(changes.get("http", "0"))), painter)
