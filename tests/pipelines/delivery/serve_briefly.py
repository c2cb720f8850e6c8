"""A process that delivers, with a lease that is soon free after it was killed: `python -m … FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.delivery.delivering import deliver
from pipelines.delivery.serving import DeliveryServeOptions, DeliveryServer
from pipelines.delivery.setting import DeliverySetting


def main(folder: Path) -> None:
    """Deliver what is asked for in the store of a folder until a signal comes."""
    setting = DeliverySetting(
        store=str(folder / "store"), tenants=folder / "tenants", folders=folder / "there", lease_s=1.0
    )
    server = DeliveryServer(DeliveryServeOptions(setting=setting, http_port=0), deliver)
    server.worker.tick_s = server.worker.look_s = 0.05
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
