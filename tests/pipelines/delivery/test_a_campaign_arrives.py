"""A campaign that was made arrives whole at real servers, changes there, is changed there by others, and ends there."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from connectors.http.public_transport import Reach
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from foundry.delivery.target import FolderTarget, Secret, SftpTarget, Target
from pipelines.campaign.running import RunOptions, run_all
from pipelines.delivery.delivering import DeliveryRun, deliver_to_each
from pipelines.delivery.outbox import each_delivered
from pipelines.delivery.scopes import Scope
from pipelines.delivery.setting import DeliverySetting
from tests.connectors.aem_bench import VARIABLE as AEM_SECRET
from tests.connectors.aem_bench import AemBench
from tests.connectors.aem_server import aem_server
from tests.connectors.bynder.benches import VARIABLE as BYNDER_SECRET
from tests.connectors.bynder.benches import BynderBench
from tests.connectors.bynder_server import Bynder
from tests.connectors.cloudinary.bench import VARIABLE as CLOUDINARY_SECRET
from tests.connectors.cloudinary.bench import CloudinaryBench
from tests.connectors.conformance import SECRET
from tests.connectors.webdav.benches import VARIABLE as DAV_SECRET
from tests.connectors.webdav.benches import DavBench
from tests.support.briefs import EXAMPLES, admitted
from tests.support.dav_servers import Apache, Wsgidav
from tests.support.fake_clock import FakeClock
from tests.support.fakes import PaintingHandler
from tests.support.openssh import PROGRAMS, OpenSsh
from tests.support.readers import exiftool

pytestmark = [pytest.mark.campaign, pytest.mark.readers("apache2", "exiftool", *PROGRAMS)]
SFTP_SECRET = "DELIVERY_AURELLE__SFTP_KEY"
SCOPE = Scope(tenant="aurelle", kind="campaign", id="test")
CLOSING = ("manifest.jsonl", "SHA256SUMS", "_delivered.json")
NAMES = ("serum", "balm")


class Station(Protocol):
    """A target, seen from behind."""

    @property
    def target(self) -> Target:
        """Its settings."""

    def contents(self) -> Mapping[str, bytes]:
        """Return the contents of the assets in use."""


@dataclass
class Folder:
    """A folder as a target."""

    root: Path
    target: Target = field(default_factory=lambda: FolderTarget(id="handover", kind="folder", folder="in"))

    def contents(self) -> dict[str, bytes]:
        return files_below(self.root / "aurelle" / "in")


@dataclass
class Sftp:
    """An OpenSSH server as a target."""

    server: OpenSsh

    @property
    def target(self) -> Target:
        return SftpTarget(
            id="agency", kind="sftp", host="127.0.0.1", port=self.server.port, user=self.server.user,
            host_keys=(self.server.host_key(),), private_key=Secret(variable=SFTP_SECRET), folder="in",
        )  # fmt: skip

    def contents(self) -> dict[str, bytes]:
        return files_below(self.server.home / "in")


@dataclass
class Served:
    """A server that a connector's own tests have, as a target."""

    bench: Any
    name: str

    @property
    def target(self) -> Target:
        found = self.bench.target
        target: Target = found() if callable(found) else found
        return target.model_copy(update={"id": self.name})

    def contents(self) -> Mapping[str, bytes]:
        contents: Mapping[str, bytes] = self.bench.contents()
        return contents


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the files in use below a folder, by their paths."""
    found = {str(each.relative_to(folder)): each for each in folder.rglob("*") if each.is_file()}
    return {name: each.read_bytes() for name, each in found.items() if not name.startswith("_expired/")}


def digests(station: Station) -> list[str]:
    """Return the SHA-256 of every asset in use at a target, sorted."""
    found = ((name.rpartition("/")[2], data) for name, data in station.contents().items())
    return sorted(hashlib.sha256(data).hexdigest() for name, data in found if name not in CLOSING)


@dataclass
class Campaign:
    """A campaign of two products, made with painted drawings, and its targets."""

    folder: Path
    stations: tuple[Station, ...]
    log: pytest.LogCaptureFixture
    clock: FakeClock
    prices: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, "48"))
    changes: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = NAMES

    @property
    def store(self) -> str:
        return str(self.folder / "store")

    @property
    def setting(self) -> DeliverySetting:
        return DeliverySetting(
            store=self.store,
            tenants=EXAMPLES / "tenants",
            folders=self.folder / "out",
            reach=Reach(loopback=True),
            clock=self.clock,
        )

    def make(self) -> None:
        products = [
            {
                "id": name, "name": name.title(), "picture": "serum.png",
                "prices": [{"amount": self.prices[name], "currency": "USD"}, {"amount": "45", "currency": "EUR"}],
            }
            for name in self.names
        ]  # fmt: skip
        orders = [admitted(self.folder, products=products, expiry="2031-05-31", **self.changes)]
        summaries = run_all(orders, self.store, options=RunOptions(generator=PaintingHandler()))
        assert [each.failed for each in summaries] == [0]

    def deliver(self, **changes: Any) -> dict[str, DeliveryRun]:
        targets = [station.target for station in self.stations]
        with self.log.at_level(logging.DEBUG):
            runs = deliver_to_each(SCOPE, targets, replace(self.setting, **changes))
        return {run.target: run for run in runs}

    def records(self, target: str) -> list[Delivered]:
        own = self.setting.own(self.setting.tenant("aurelle"))
        return list(each_delivered(own, target, SCOPE.text))


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Campaign]:
    ssh, apache, wsgi = OpenSsh(tmp_path / "ssh"), Apache(), Wsgidav(tmp_path / "wsgidav")
    for variable in (DAV_SECRET, BYNDER_SECRET, AEM_SECRET, CLOUDINARY_SECRET):
        monkeypatch.setenv(variable, SECRET)
    monkeypatch.setenv(SFTP_SECRET, ssh.private_key)
    (tmp_path / "out").mkdir()
    cloudinary, clock = CloudinaryBench(), FakeClock(time.time())
    servers = (ssh, apache, wsgi, cloudinary)
    with Bynder() as portal, aem_server() as aem:
        for server in servers:
            server.start()
        stations = (
            Folder(tmp_path / "out"),
            Sftp(ssh),
            Served(DavBench(apache, "in"), "apache"),
            Served(DavBench(wsgi, "in"), "wsgidav"),
            Served(BynderBench(portal), "bynder"),
            Served(AemBench(aem, clock=clock), "aem"),
            Served(cloudinary, "cloudinary"),
        )
        yield Campaign(tmp_path, stations, caplog, clock)
        for server in servers:
            server.stop()


def test_it_arrives_changes_is_changed_by_others_and_ends(
    campaign: Campaign, capfd: pytest.CaptureFixture[str]
) -> None:
    campaign.make()
    runs = campaign.deliver()
    assert {name: (run.sent, run.whole) for name, run in runs.items()} == dict.fromkeys(runs, (12, True))
    for station in campaign.stations:
        records = campaign.records(station.target.id)
        assert digests(station) == sorted(record.receipts[0].content for record in records)
        assert {record.receipts[0].proof for record in records} <= {Proof.HASH, Proof.REREAD}
    _read_back(campaign)

    again = campaign.deliver()
    assert {run.sent for run in again.values()} == {0}

    before = {station.target.id: digests(station) for station in campaign.stations}
    campaign.prices["balm"] = "39"  # in dollars: a leaderboard has no room for it, so two files of one language show it
    campaign.make()
    changed = campaign.deliver()
    assert {(run.sent, run.versions) for run in changed.values()} == {(2, 2)}
    for station in campaign.stations:
        now = digests(station)
        assert len(now) == 12
        assert len(set(now) - set(before[station.target.id])) == 2

    _change_by_others(campaign)
    _end_a_product(campaign)
    _tells_no_secret(campaign, campaign.log.text + "".join(capfd.readouterr()))


def _read_back(campaign: Campaign) -> None:
    """Read the metadata of the files on a server with a reader that is not ours."""
    folder = campaign.stations[2].bench.inside  # type: ignore[attr-defined]
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name not in CLOSING)
    told = [exiftool(each) for each in files]
    assert {
        each["XMP-dc:Language"] if isinstance(each["XMP-dc:Language"], str) else each["XMP-dc:Language"][0]
        for each in told
    } == {"en-US", "de-DE"}
    for each in told:
        assert "Wake up radiant" in str(each) or "Strahlend in den Tag" in str(each)
        assert "2031:05:31" in str(each) or "2031-05-31" in str(each)
        assert each["XMP-iptcExt:DigitalSourceType"].endswith("compositeWithTrainedAlgorithmicMedia")
        assert each["XMP-iptcCore:AltTextAccessibility"]


def _change_by_others(campaign: Campaign) -> None:
    """Let a user of one target change a file that is then made anew: it is reported, and stays."""
    apache = campaign.stations[2]
    folder = apache.bench.inside  # type: ignore[attr-defined]
    theirs = next(path for path in sorted(folder.rglob("serum_*en-US*half-page*")) if path.is_file())
    theirs.write_bytes(b"our retouched version")
    campaign.prices["serum"] = "52"
    campaign.make()
    runs = campaign.deliver()
    assert runs["apache"].states == {State.DELIVERED: 11, State.CONFLICT: 1}
    assert [notice.code for notice in runs["apache"].notices] == ["foreign_change"]
    assert theirs.read_bytes() == b"our retouched version"
    assert {runs[name].sent for name in runs if name != "apache"} == {2}


def _end_a_product(campaign: Campaign) -> None:
    """Take a product out of the campaign: its files are told of, and expired where that is asked for."""
    campaign.names = ("serum",)
    campaign.make()
    assert {run.removed for run in campaign.deliver().values()} == {6}
    runs = campaign.deliver(expire_removed=True)
    assert {run.expired for run in runs.values()} == {6}
    for station in campaign.stations:
        assert len(digests(station)) == 6


def _tells_no_secret(campaign: Campaign, told: str) -> None:
    key = campaign.stations[1].server.private_key.splitlines()[1]  # type: ignore[attr-defined]
    for file in (campaign.folder / "store").rglob("*"):
        if file.is_file():
            told += file.read_bytes().decode("latin-1")
    for secret in (SECRET, key):
        assert secret not in told
