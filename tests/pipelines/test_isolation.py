"""The isolation table: whatever tenant A names, in any field, opens nothing of tenant B and tells nothing of it.

Each row asks for something of the other tenant and for something that does not exist at all; both answers must be the
same but for the name that was given. What topics hold of it is in tests/pipelines/bus/test_tenant_rights.py.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from foundry.channel.placement import placements
from foundry.errors import BadInput, FoundryError, Refusals, shorten
from foundry.inputs.door import Home, receive
from foundry.inputs.file_name import ForeignFile
from foundry.inputs.picture import PICTURE, PictureFacts, inspect_picture
from foundry.layout.files import layout_for
from foundry.store.object_store import ForeignName, LocalStore, NoSuchObject
from foundry.tenant import load_tenant
from imaging.pixels.geometry import layout_frame
from imaging.typesetting.logo import logo_picture, place_logo
from pipelines.bus.messages import BriefRequest
from pipelines.campaign.flow import ingest
from pipelines.dispatcher.admission import Folders, admit_request
from tests.pipelines.dispatcher.orders import folders_in, tenants_and_files
from tests.support.briefs import a_brief, a_tenant, admitted
from tests.support.sounds import hum

SECRETS = ("secret.png", "secret.wav", "secret.glb")
"""Files of the other tenant, in its folder of files and in its folder of settings."""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders of two tenants; northpeak has secrets."""
    tenants_and_files(tmp_path)
    for folder in (tmp_path / "files" / "northpeak", tmp_path / "tenants" / "northpeak"):
        Image.new("RGB", (80, 80), "red").save(folder / "secret.png")
        (folder / "secret.wav").write_bytes(hum())
        (folder / "secret.glb").write_bytes(b"glTF")
    return folders_in(tmp_path)


def with_file(field: str, name: str) -> dict[str, Any]:
    """A brief of aurelle that names a file in one field."""
    product = {**a_brief()["products"][0], "picture": None}
    if field in ("picture", "model"):
        return a_brief(products=[{k: v for k, v in {**product, field: name}.items() if v is not None}])
    film = {"music": name} if field == "music" else {"voice_over": {"en-US": name}}
    return a_brief(film=film)


def answer(folders: Folders, document: dict[str, Any], *words: str) -> str:
    """The refusal of a brief, with the given words taken out."""
    with pytest.raises(FoundryError) as refused:
        admit_request(BriefRequest("r", "aurelle", "test", document), folders)
    lines = [line for line in str(refused.value).splitlines() if "at least 1 item" not in line]
    text = "\n".join([refused.value.code, *lines])
    for word in words:
        text = text.replace(shorten(word), "NAME").replace(word, "NAME")
    return text


FIELDS = ("picture", "model", "music", "voice_over")


def ways_in(folders: Folders, secret: str) -> list[str]:
    """Names by which a brief of aurelle might reach a file of northpeak."""
    own = folders.files / "aurelle"
    (own / "link").symlink_to(folders.files / "northpeak")
    (own / f"link-{secret}").symlink_to(folders.files / "northpeak" / secret)
    return [
        f"../northpeak/{secret}",
        f"./../northpeak/{secret}",
        f"x/../../northpeak/{secret}",
        str(folders.files / "northpeak" / secret),
        f"../../tenants/northpeak/{secret}",
        f"link/{secret}",
        f"link-{secret}",
        f"%2e%2e/northpeak/{secret}",
        f"..%2fnorthpeak%2f{secret}",
        f"..\\northpeak\\{secret}",
        f"\uff0e\uff0e/northpeak/{secret}",
        f"../northpeak/{secret}.",
        f"../NORTHPEAK/{secret}",
        f"northpeak/{secret}",
        f"file://{folders.files}/northpeak/{secret}",
        f"/proc/self/root{folders.files}/northpeak/{secret}",
        f"~/{secret}",
    ]


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_brief_reaches_a_file_of_another_tenant(folders: Folders, field: str) -> None:
    secret = {"picture": "secret.png", "model": "secret.glb"}.get(field, "secret.wav")
    for name in ways_in(folders, secret):
        other = name.replace(secret, "nosuch" + secret[6:])
        found = answer(folders, with_file(field, name), name)
        assert found == answer(folders, with_file(field, other), other)
        assert "does not exist among the files that may be named here" in found
        assert str(folders.files) not in found


@pytest.mark.parametrize("field", FIELDS)
def test_the_servers_own_files_are_told_apart_by_no_answer(folders: Folders, field: str) -> None:
    answers = {answer(folders, with_file(field, name), name) for name in ("/etc/passwd", "/etc/nosuch", "/dev/zero")}
    assert len(answers) == 1


def test_a_name_in_another_form_of_unicode_finds_a_tenants_own_file_and_no_other(folders: Folders) -> None:
    composed = unicodedata.normalize("NFC", "é.png")
    shutil.copy(folders.files / "aurelle" / "serum.png", folders.files / "aurelle" / composed)
    home = Home(folders.files, "aurelle")
    assert receive(home, composed, PICTURE).name == composed
    apart = unicodedata.normalize("NFD", composed)
    assert receive(home, apart, PICTURE).sha256 == receive(home, composed, PICTURE).sha256
    for name in (apart, composed):
        with pytest.raises(ForeignFile) as refused:
            receive(Home(folders.files, "northpeak"), name, PICTURE)
        assert refused.value.near == ""


def test_a_tenants_folder_of_files_that_is_a_link_opens_nothing_and_the_root_may_be_one(folders: Folders) -> None:
    (folders.files / "aurelle" / "serum.png").unlink()
    (folders.files / "aurelle").rmdir()
    (folders.files / "aurelle").symlink_to(folders.files / "northpeak")
    linked = answer(folders, with_file("picture", "serum.png"))
    (folders.files / "aurelle").unlink()
    assert linked == answer(folders, with_file("picture", "serum.png"))
    (folders.files / "northpeak").rename(folders.files / "aurelle")
    mount = folders.files.parent / "mount"
    mount.symlink_to(folders.files)
    request = BriefRequest("r", "aurelle", "test", a_brief())
    assert admit_request(request, replace(folders, files=mount)).plan.shot_count == 2


def edit(folders: Folders, **changes: Any) -> None:
    path = folders.tenants / "aurelle" / "tenant.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**raw, **changes}), encoding="utf-8")


def naming(field: str, name: str, folders: Folders) -> dict[str, Any]:
    """The keys of aurelle's file that name a picture in one field."""
    raw = yaml.safe_load((folders.tenants / "aurelle" / "tenant.yaml").read_text(encoding="utf-8"))
    if field == "protected":
        return {"protected": [name]}
    if field == "adapter":
        return {"models": {**raw["models"], "adapters": [{"card": "style", "picture": name}]}}
    form, _, ink = field.rpartition(".")
    logo = dict(raw["brand"]["logo"])
    if form:
        logo[form] = {**logo[form], ink: name}
    else:
        logo[ink] = name
    return {"brand": {**raw["brand"], "logo": logo}}


TENANT_FIELDS = (
    "dark", "light", "stacked.dark", "stacked.light", "mark.dark", "mark.light", "protected", "adapter"
)  # fmt: skip


@pytest.mark.parametrize("field", TENANT_FIELDS)
def test_no_field_of_a_tenants_file_reaches_a_file_of_another_tenant(folders: Folders, field: str) -> None:
    (folders.tenants / "aurelle" / "link.png").symlink_to(folders.tenants / "northpeak" / "secret.png")
    (folders.tenants / "aurelle" / "dangling.png").symlink_to(folders.tenants / "northpeak" / "nosuch.png")
    before = (folders.tenants / "aurelle" / "tenant.yaml").read_text(encoding="utf-8")
    for name, other in (
        ("../northpeak/logo.png", "../northpeak/nosuch.png"),
        (str(folders.tenants / "northpeak" / "secret.png"), "/etc/nosuch.png"),
        ("link.png", "dangling.png"),
        ("/etc/passwd", "/etc/nosuch"),
        ("/dev/zero", "nosuch.png"),
    ):
        answers = set()
        for each in (name, other):
            edit(folders, **naming(field, each, folders))
            answers.add(answer(folders, a_brief(), each))
            (folders.tenants / "aurelle" / "tenant.yaml").write_text(before, encoding="utf-8")
        if name != "/dev/zero":
            assert len(answers) == 1
        assert all("does not exist among the files that may be named here" in each for each in answers)


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def an_eps(path: Path) -> None:
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("field", TENANT_FIELDS)
@pytest.mark.parametrize(
    ("make", "said"),
    [(a_fifo, "not a regular file"), (a_folder, "not a regular file"), (an_eps, "not a readable picture")],
)
def test_a_tenants_picture_passes_the_gate_of_product_pictures(
    folders: Folders, field: str, make: Callable[[Path], None], said: str
) -> None:
    make(folders.tenants / "aurelle" / "odd.png")
    edit(folders, **naming(field, "odd.png", folders))
    assert said in answer(folders, a_brief())


def test_a_missing_logo_is_a_sentence_at_admission(folders: Folders) -> None:
    (folders.tenants / "aurelle" / "logo-mark.png").unlink()
    assert "brand.logo.mark.dark: 'logo-mark.png' does not exist among the files" in answer(folders, a_brief())


@pytest.mark.parametrize(
    "name",
    ["northpeak/../northpeak", "../tenants/northpeak", "NORTHPEAK", "northpeak.", "northpeak/", "nobody", "", "\u2010"],
)
def test_an_id_that_is_no_tenants_tells_nothing_of_those_there_are(folders: Folders, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        load_tenant(folders.tenants, name)
    said = f"tenant: {name!r} has no tenant.yaml here; add one (`foundry schema tenant`) or correct the name"
    assert str(refused.value) == said


@pytest.mark.parametrize("campaign", ["../northpeak/campaigns/x", "/etc", "..", "a/b", "a\n", "\u0430"])
def test_an_id_of_a_campaign_is_no_path(folders: Folders, campaign: str) -> None:
    with pytest.raises(Refusals, match=r"campaign\.id"):
        admit_request(
            BriefRequest("r", "aurelle", campaign, a_brief(campaign={"id": campaign, "name": "Test"})), folders
        )


@pytest.mark.parametrize("changes", [
    {"placements": ["../northpeak/x"]}, {"placements": ["/etc/passwd"]}, {"film": {"template": "../../northpeak"}},
    {"film": {"template": "/etc/passwd"}}, {"placements": ["google/../../x"]},
])  # fmt: skip
def test_an_id_of_a_placement_or_template_is_no_path(folders: Folders, changes: dict[str, Any]) -> None:
    found = answer(folders, a_brief(**changes))
    assert str(folders.tenants.parent) not in found
    assert "Errno" not in found


@pytest.mark.parametrize("key", ["generate", "upscale", "screen", "clip"])
@pytest.mark.parametrize("card", ["../northpeak/card", "/etc/passwd", "a/../../b", "x@../y"])
def test_an_id_of_a_card_is_no_path(folders: Folders, key: str, card: str) -> None:
    edit(folders, models={"upscale": "lanczos", "screen": "measured", key: card})
    other = answer(folders, a_brief(), card)
    assert str(folders.tenants.parent) not in other


def test_a_layout_of_another_tenant_is_one_that_does_not_exist(folders: Folders) -> None:
    raw = yaml.safe_load((folders.tenants / "aurelle" / "tenant.yaml").read_text(encoding="utf-8"))
    family = placements()["google/medium-rectangle"].family
    layouts = folders.tenants / "northpeak" / "layouts"
    text = (layouts / "rectangle-panel.yaml").read_text(encoding="utf-8")
    secret = text.replace("id: rectangle-panel", "id: rectangle-secret")
    (layouts / "rectangle-secret.yaml").write_text(secret, encoding="utf-8")
    edit(folders, brand={**raw["brand"], "layouts": {family: "rectangle-secret"}})
    there = answer(folders, a_brief())
    shutil.rmtree(layouts)
    assert there == answer(folders, a_brief())
    edit(folders, brand=raw["brand"])
    shutil.rmtree(folders.tenants / "aurelle" / "layouts")
    (folders.tenants / "aurelle" / "layouts").symlink_to(folders.tenants / "northpeak")
    found = answer(folders, a_brief())
    assert "layouts: is not a plain folder" in found


@pytest.mark.parametrize(
    "name", ["../northpeak/in/one", "/northpeak/in/one", "northpeak/in/one", "x/../../northpeak/in/one"]
)
def test_no_name_of_an_object_reaches_another_tenants_store(tmp_path: Path, name: str) -> None:
    store = LocalStore(tmp_path)
    store.for_tenant("northpeak").put_once("in/one", b"secret")
    own = store.for_tenant("aurelle")
    wrong = NoSuchObject if name == "northpeak/in/one" else ForeignName
    for operation in (own.get, own.sign):
        with pytest.raises(wrong):
            operation(name)
    if wrong is ForeignName:
        for other in (own.exists, own.stat, own.remove, own.address):
            with pytest.raises(ForeignName):
                other(name)
    assert store.for_tenant("northpeak").get("in/one") == b"secret"
    for pattern in ("../northpeak/*", "../*/in/*", "*/../../northpeak/in/*"):
        with pytest.raises(ForeignName):
            own.matching(pattern)
        with pytest.raises(ForeignName):
            own.newest(pattern, 5)


def test_a_picture_exchanged_after_admission_puts_no_other_bytes_under_its_hash(tmp_path: Path) -> None:
    each = admitted(tmp_path)
    (facts,) = each.inputs
    assert isinstance(facts, PictureFacts)
    Image.new("RGB", (80, 80), "red").save(tmp_path / "secret.png")
    before = (tmp_path / "serum.png").read_bytes()
    (tmp_path / "serum.png").unlink()
    (tmp_path / "serum.png").symlink_to(tmp_path / "secret.png")
    store = LocalStore(tmp_path / "store")
    ingest(each.plan, each.inputs, store)
    name = f"inputs/{facts.sha256[:2]}/{facts.sha256}"
    assert store.for_tenant("aurelle").get(name) == before
    other = LocalStore(tmp_path / "other")
    facts.file.path().unlink()
    with pytest.raises(FoundryError):
        ingest(each.plan, each.inputs, other)
    assert not other.for_tenant("aurelle").exists(name)


def test_a_logo_replaced_while_the_process_lives_gives_new_names_and_new_pixels(tmp_path: Path) -> None:
    folder = tmp_path / "tenants"
    shutil.copytree(a_tenant().folder, folder / "aurelle")
    kept = (folder / "aurelle" / "logo.png").stat()

    def shown() -> tuple[str, bytes]:
        tenant, slot = load_tenant(folder, "aurelle"), placements()["google/square"]
        layout = layout_for(slot, tenant)
        place = place_logo(layout, layout_frame(layout, slot, False), tenant)
        assert place is not None
        return tenant.brand_digest, logo_picture(tenant, place, on_light=True).tobytes()

    before = shown()
    assert shown() == before
    for name in ("logo.png", "logo-stacked.png", "logo-mark.png"):
        with Image.open(folder / "aurelle" / name) as logo:
            other = Image.new("RGBA", logo.size, "red")
        other.save(folder / "aurelle" / name)
        os.utime(folder / "aurelle" / name, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    digest, pixels = shown()
    assert digest != before[0]
    assert pixels != before[1]


def test_the_facts_of_a_picture_are_those_of_its_content(tmp_path: Path) -> None:
    Image.new("RGB", (80, 90)).save(tmp_path / "a.png")
    assert inspect_picture(receive(tmp_path, "a.png", PICTURE)).height_px == 90
    Image.new("RGB", (80, 70)).save(tmp_path / "a.png")
    assert inspect_picture(receive(tmp_path, "a.png", PICTURE)).height_px == 70
