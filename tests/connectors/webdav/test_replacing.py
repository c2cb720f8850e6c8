"""Against Apache httpd and WsgiDAV: new versions, locks, properties, folders, and what lies beside our files."""

from __future__ import annotations

import re
import shutil
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.target.connector import Connector
from connectors.target.errors import FileRefused, ForeignChange, TargetAway
from foundry.delivery.proof import Proof
from tests.connectors.conformance import SECRET, Died, Memory, data_of, outgoing, place, receipt
from tests.connectors.webdav.benches import VARIABLE, DavBench
from tests.support.dav_servers import USER, Apache, DavServer, Wsgidav

SERVERS = [pytest.param("apache", marks=pytest.mark.apache), "wsgidav"]


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavServer]:
    made = Apache() if request.param == "apache" else Wsgidav(tmp_path_factory.mktemp("wsgidav"))
    made.let_in(SECRET)
    made.start()
    yield made
    made.stop()
    if isinstance(made, Apache):
        made.remove()


@pytest.fixture
def bench(server: DavServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> DavBench:
    monkeypatch.setenv(VARIABLE, SECRET)
    return DavBench(server, f"Ordner ä & 100 % {abs(hash(request.node.nodeid))}")


@pytest.fixture
def connector(bench: DavBench) -> Iterator[Connector]:
    opened = bench.open()
    yield opened
    opened.close()


def ask(bench: DavBench, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[str, str]:
    """Ask as another client of the server; return the answer's text and the token of a lock."""
    url = f"http://127.0.0.1:{bench.server.port}/{urllib.request.quote(f'{bench.folder}/{path}')}"
    request = urllib.request.Request(url, body or None, method=method)
    request.add_header("Authorization", f"Basic {b64encode(f'{USER}:{SECRET}'.encode()).decode()}")
    for name, text in headers.items():
        request.add_header(name.replace("_", "-"), text)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode(), answer.headers.get("Lock-Token", "")


LOCK = (
    b'<?xml version="1.0"?><d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope>'
    b"<d:locktype><d:write/></d:locktype><d:owner>%b</d:owner></d:lockinfo>"
)


def test_the_files_of_this_server_are_read_again(connector: Connector, tmp_path: Path) -> None:
    sent = connector.send(outgoing(tmp_path, data_of(90_000)), None, Memory())
    assert sent.proof == Proof.REREAD
    assert sent.checksum.startswith("sha256:")


def test_a_file_that_somebody_has_open_waits_and_is_replaced_when_it_is_free(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    connector.send(first, None, Memory())
    before = connector.find(place(first))
    _, token = ask(bench, "LOCK", first.path, LOCK % b"Frau Meier", Depth="0", Content_Type="application/xml")
    with pytest.raises(TargetAway, match="locked") as away:
        connector.send(second, before, Memory())
    assert away.value.after_s > 0
    assert list(bench.contents().values()) == [b"first"]
    ask(bench, "UNLOCK", first.path, Lock_Token=token)
    connector.send(second, connector.find(place(first)), Memory())
    assert list(bench.contents().values()) == [b"second"]


def test_a_lock_that_a_killed_process_of_ours_left_is_taken_away(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    connector.send(first, None, Memory())
    ask(bench, "LOCK", first.path, LOCK % b"campaign-foundry aurelle/dam", Depth="0", Content_Type="application/xml")
    connector.send(second, connector.find(place(first)), Memory())
    assert list(bench.contents().values()) == [b"second"]
    ask(bench, "PUT", first.path, b"theirs")  # nothing is locked any more


def test_a_replacement_that_dies_at_any_word_leaves_the_old_or_the_new_content_and_ends_with_the_new(
    bench: DavBench, tmp_path: Path
) -> None:
    died = True
    for at in range(1, 40):
        connector = bench.open()
        first, second = (outgoing(tmp_path, data_of(5_000, seed), product=f"p{at}") for seed in (at, -at))
        connector.send(first, None, Memory())
        memory = Memory().again(at)
        try:
            connector.send(second, connector.find(place(first)), memory)
            died = False
        except Died:
            held = (bench.inside / first.path).read_bytes()
            assert held in (data_of(5_000, at), data_of(5_000, -at))
            connector.send(second, connector.find(place(first)), memory.again())
        assert (bench.inside / first.path).read_bytes() == data_of(5_000, -at)
        connector.close()
        if not died:
            break
    assert not died
    assert all(not path.rpartition("/")[2].startswith(".") for path in bench.contents())


def test_the_targets_own_fields_and_ours_are_properties_of_the_file(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    file = replace(
        outgoing(tmp_path, b"words"),
        fields={"dc:title": 'كوب & <b>"1"</b>', "Kampagne 2027": "Frühling", "prism:expirationDate": "2027-05-31"},
    )
    connector.send(file, None, Memory())
    told, _ = ask(bench, "PROPFIND", file.path, Depth="0")
    assert "كوب &amp; &lt;b&gt;" in told
    assert re.search(r"<[^>]*Kampagne_2027[^>]*>Frühling<", told)
    assert "2027-05-31" in told
    found = connector.find(place(file))
    assert found is not None
    assert (found.slot, found.asset) == (file.slot.id, file.asset)
    without = replace(file, fields={"dc:title": "", "prism:expirationDate": "2028-01-01"})
    connector.send(without, found, Memory())
    told, _ = ask(bench, "PROPFIND", file.path, Depth="0")
    assert "كوب" not in told
    assert "2028-01-01" in told


def test_a_folder_that_was_removed_meanwhile_is_made_again(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    connector.send(outgoing(tmp_path, b"one"), None, Memory())
    shutil.rmtree(bench.inside / "spring")
    connector.send(outgoing(tmp_path, b"two", product="vase"), None, Memory())
    assert list(bench.contents().values()) == [b"two"]


def test_a_file_whose_folder_is_somebodys_file_is_set_aside(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    connector.send(outgoing(tmp_path, b"one"), None, Memory())
    (bench.inside / "autumn").write_text("a file")
    with pytest.raises(FileRefused, match="folder"):
        connector.send(replace(outgoing(tmp_path, b"two"), path=f"autumn/meta/{'0' * 32}.jpg"), None, Memory())
    with pytest.raises(FileRefused, match="folder"):
        connector.send(replace(outgoing(tmp_path, b"two"), path=f"autumn/{'0' * 32}.jpg"), None, Memory())


def test_a_strangers_file_at_the_place_is_not_overwritten(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"ours")
    connector.send(outgoing(tmp_path, b"x", product="vase"), None, Memory())
    (bench.inside / file.path).write_bytes(b"theirs")
    with pytest.raises(ForeignChange, match="before"):
        connector.send(file, None, Memory())
    assert (bench.inside / file.path).read_bytes() == b"theirs"
    assert not [each for each in bench.contents() if "/." in each]


def test_the_listing_passes_over_what_is_not_ours_and_tells_what_is_expired(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    kept, ended = (outgoing(tmp_path, data, product=data.decode()) for data in (b"kept", b"ended"))
    sent = {file.path: connector.send(file, None, Memory()) for file in (kept, ended)}
    found = connector.find(place(ended))
    assert found is not None
    connector.expire(found, receipt(ended, sent[ended.path]))
    (bench.inside / "spring/notes ä.txt").write_text("somebody's")
    listed = {each.path: each.expired for each in connector.listing()}
    assert listed == {kept.path: False, ended.path: True}
    assert (bench.inside / "_expired" / ended.path).read_bytes() == b"ended"


def test_an_expired_file_that_is_back_with_other_content_is_one_file(
    bench: DavBench, connector: Connector, tmp_path: Path
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    sent = connector.send(first, None, Memory())
    found = connector.find(place(first))
    assert found is not None
    connector.send(second, connector.expire(found, receipt(first, sent)), Memory())
    assert list(bench.contents().values()) == [b"second"]
    assert not (bench.inside / "_expired" / first.path).exists()


def test_paths_that_would_hide_a_file_or_leave_the_folder_are_refused(connector: Connector, tmp_path: Path) -> None:
    for path in ("../x.jpg", "a/.hidden.jpg", "_expired/x.jpg", "a//b.jpg", f"a/{'x' * 300}.jpg"):
        with pytest.raises(FileRefused, match="naming"):
            connector.send(replace(outgoing(tmp_path, b"x"), path=path), None, Memory())
