"""`foundry brief adopt`: questions, answers that are kept and learned, drafts, and what the plan says."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner, Result

from console.cli import app
from console.exit_codes import Exit
from foundry.adoption.answers import read_answers
from foundry.adoption.profile import PROFILE_FILE
from foundry.brief.intake import read_briefs
from tests.models.remote.asking import SECRET, VARIABLE
from tests.support.briefs import EXAMPLES, ROOT, product_picture
from tests.support.misbehaving_server import MisbehavingServer

CLEAR = {
    "brand": "Aurelle",
    "campaignName": "Fresh Pour",
    "region": "Germany",
    "headline": "Frisch gezapft.",
    "products": [{"productName": "Ruby", "image": "pictures/ruby.png"}],
    "formats": ["1:1"],
}
OPEN = {key: value for key, value in CLEAR.items() if key != "headline"}
NO_COPY = {**CLEAR, "languages": ["de-DE", "fr-CA"], "headline": {"de-DE": "Frisch gezapft."}}


def adopt(*words: object, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, ["brief", "adopt", *map(str, words)], env={"COLUMNS": "300", **(env or {})})


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a picture, into which tests put the brief."""
    (tmp_path / "pictures").mkdir()
    product_picture(tmp_path / "pictures" / "ruby.png")
    return tmp_path


@pytest.fixture
def clients(desk: Path) -> Path:
    shutil.copytree(EXAMPLES / "tenants", desk / "tenants", ignore=shutil.ignore_patterns("*.py"))
    return desk / "tenants"


def put(folder: Path, content: object, name: str = "brief.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_clear_brief_is_printed_and_explained_and_planned(desk: Path, clients: Path) -> None:
    done = adopt(put(desk, CLEAR))
    assert done.exit_code == 0
    brief = yaml.safe_load(done.stdout)
    assert (brief["tenant"], brief["messages"]) == ("aurelle", {"de-DE": {"headline": "Frisch gezapft."}})
    assert brief["products"][0]["picture"] == "pictures/ruby.png"
    assert "aurelle/fresh-pour can be planned: " in done.stderr
    assert "--all shows them" in done.stderr
    assert not (desk / "brief.answers.yaml").exists()


def test_a_question_ends_a_script_with_2_and_a_file_to_fill_in(desk: Path, clients: Path) -> None:
    path = put(desk, OPEN)
    done = adopt(path, "--output", desk / "strict.yaml")
    assert (done.exit_code, done.stdout) == (Exit.REFUSED, "")
    assert "answer by: headline" in done.stderr
    assert not (desk / "strict.yaml").exists()
    answers = desk / "brief.answers.yaml"
    assert "headline: ''" in answers.read_text().splitlines()
    answers.write_text(answers.read_text().replace("headline: ''", "headline: Frisch gezapft."))
    assert adopt(path, "--output", desk / "strict.yaml").exit_code == 0
    (brief,) = read_briefs(desk / "strict.yaml")
    assert brief.messages["de-DE"].headline == "Frisch gezapft."


def test_answers_may_come_from_another_file_and_are_kept_beside_the_brief(desk: Path, clients: Path) -> None:
    path = put(desk, OPEN)
    (desk / "mine.yaml").write_text("headline: Frisch gezapft.\n")
    assert adopt(path, "--answers", desk / "mine.yaml").exit_code == 0
    assert adopt(path).exit_code == 0
    assert "headline: Frisch gezapft." in (desk / "brief.answers.yaml").read_text()


def test_an_answers_file_that_is_not_there_is_refused(desk: Path) -> None:
    done = adopt(put(desk, CLEAR), "--answers", desk / "none.yaml")
    assert done.exit_code != 0
    assert "none.yaml" in str(done.exception)


def test_a_locale_without_copy_is_open_until_it_is_answered_or_given_up(desk: Path, clients: Path) -> None:
    path = put(desk, NO_COPY)
    done = adopt(path)
    assert done.exit_code == Exit.REFUSED
    assert "answer by: copy fr-CA" in done.stderr
    only = adopt(path, "--only", "de-DE")
    assert only.exit_code == 0
    assert list(yaml.safe_load(only.stdout)["messages"]) == ["de-DE"]


def test_only_some_locales_may_be_ordered(desk: Path, clients: Path) -> None:
    path = put(desk, {**CLEAR, "headline": {"de-DE": "Hallo.", "en-GB": "Hello."}})
    only = adopt(path, "--only", "en-GB")
    assert list(yaml.safe_load(only.stdout)["messages"]) == ["en-GB"]
    none = adopt(path, "--only", "pt-BR")
    assert (none.exit_code, none.stdout) == (Exit.REFUSED, "")
    assert "--only pt-BR orders no locale that has copy" in none.stderr


def test_what_answers_say_of_all_briefs_is_learned_for_the_tenant(desk: Path, clients: Path) -> None:
    (desk / "mine.yaml").write_text("headline: Frisch gezapft.\nmeaning stimmungslage: note\n")
    assert adopt(put(desk, {**OPEN, "Stimmungslage": "heiter"}), "--answers", desk / "mine.yaml").exit_code == 0
    learned = yaml.safe_load((clients / "aurelle" / PROFILE_FILE).read_text())
    assert learned == {"meanings": {"stimmungslage": "note"}}


def test_the_profile_of_a_tenant_answers_its_next_brief(desk: Path, clients: Path) -> None:
    (clients / "aurelle" / PROFILE_FILE).write_text("meanings: {zeile eins: headline}\n")
    done = adopt(put(desk, {**OPEN, "zeileEins": "Frisch gezapft."}))
    assert done.exit_code == 0
    assert yaml.safe_load(done.stdout)["messages"] == {"de-DE": {"headline": "Frisch gezapft."}}


def test_a_tenant_without_a_file_gets_a_draft_beside_the_brief_that_plans(desk: Path) -> None:
    Image.new("RGBA", (240, 80), "#FF5733").save(desk / "acme.png")
    (desk / "bold").write_text("no file of the brand")
    brand = {"name": "Acme", "palette": ["#FF5733"], "tone": "bold", "prohibitedWords": ["cure"], "logo": "acme.png"}
    path = put(desk, {**CLEAR, "brand": brand})
    done = adopt(path, "--output", desk / "strict.yaml")
    assert done.exit_code == 0
    draft = yaml.safe_load((desk / "tenants" / "acme" / "tenant.yaml").read_text())
    assert draft["brand"]["palette"]["primary"] == "#FF5733"
    assert (draft["brand"]["tone"], draft["brand"]["banned_words"]) == ("bold", ["cure"])
    assert draft["brand"]["logo"]["dark"] == "acme.png"
    assert sorted(each.name for each in (desk / "tenants" / "acme").iterdir()) == ["acme.png", "tenant.yaml"]
    assert "acme/fresh-pour can be planned: " in done.stderr


def test_a_draft_never_replaces_a_file_and_stays_out_of_a_folder_that_was_named(desk: Path, clients: Path) -> None:
    path = put(desk, {**CLEAR, "brand": {"name": "Acme", "tone": "bold"}})
    (desk / "out").mkdir()
    done = adopt(path, "--tenants", clients, "--output", desk / "out" / "strict.yaml")
    assert done.exit_code == 0
    assert (desk / "out" / "acme.tenant.yaml").is_file()
    assert not (clients / "acme").exists()
    (desk / "out" / "acme.tenant.yaml").write_text("mine")
    adopt(path, "--tenants", clients, "--output", desk / "out" / "strict.yaml")
    assert (desk / "out" / "acme.tenant.yaml").read_text() == "mine"


def test_what_a_brief_says_of_a_known_brand_is_written_beside_it(desk: Path, clients: Path) -> None:
    before = (clients / "aurelle" / "tenant.yaml").read_bytes()
    done = adopt(put(desk, {**CLEAR, "brand": {"name": "Aurelle", "tone": "bold"}}), "--output", desk / "strict.yaml")
    assert done.exit_code == 0
    assert yaml.safe_load((desk / "aurelle.tenant.yaml").read_text())["brand"]["tone"] == "bold"
    assert "then take over what is new into" in done.stderr
    (desk / "aurelle.tenant.yaml").unlink()
    known = {"name": "Aurelle", "tone": "Warm, unhurried, precise", "prohibitedWords": ["miracle"]}
    adopt(put(desk, {**CLEAR, "brand": known}), "--output", desk / "strict.yaml")
    assert not (desk / "aurelle.tenant.yaml").exists()
    assert (clients / "aurelle" / "tenant.yaml").read_bytes() == before


@pytest.mark.parametrize(("source", "target"), [(".", "out"), ("from/agency", ".")])
def test_what_is_written_elsewhere_still_finds_its_pictures(
    desk: Path, clients: Path, source: str, target: str
) -> None:
    (desk / source).mkdir(parents=True, exist_ok=True)
    (desk / target).mkdir(exist_ok=True)
    if source != ".":
        shutil.move(desk / "pictures", desk / source / "pictures")
    output = desk / target / "strict.yaml"
    done = adopt(put(desk / source, CLEAR), "--output", output, "--tenants", clients)
    assert done.exit_code == 0
    assert "can be planned" in done.stderr
    (brief,) = read_briefs(output)
    assert (output.parent / str(brief.products[0].picture)).is_file()


def test_a_place_where_no_brief_can_be_written_is_refused_before_anything_is_asked(desk: Path) -> None:
    path = put(desk, OPEN)
    before = path.read_bytes()
    for output, wrong in ((desk / "none" / "x.yaml", "is no folder"), (path, "is the brief that is adopted")):
        done = adopt(path, "--output", output)
        assert wrong in str(done.exception)
    assert path.read_bytes() == before
    assert [each.name for each in desk.iterdir() if each.is_file()] == ["brief.json"]


def test_what_cannot_be_planned_is_said_with_the_reason(desk: Path, clients: Path) -> None:
    done = adopt(put(desk, {**CLEAR, "headline": "Donaudampfschifffahrt" * 20}))
    assert "aurelle/fresh-pour cannot be planned yet:" in done.stderr
    assert "headline" in done.stderr.partition("cannot be planned yet")[2]


def test_a_tenant_that_nobody_knows_is_said(desk: Path) -> None:
    done = adopt(put(desk, CLEAR))
    assert "aurelle/fresh-pour is not planned: there is no " in done.stderr
    assert "see `foundry schema tenant`" in done.stderr


def typed(*lines: str, path: Path) -> tuple[int, str]:
    """Return the exit code and the screen of a program with a terminal, at which the lines are typed."""
    terminal, other_end = pty.openpty()
    words = [sys.executable, "-m", "console.program", "brief", "adopt", str(path)]
    running = subprocess.Popen(words, stdin=other_end, stdout=other_end, stderr=other_end, cwd=ROOT)
    os.close(other_end)
    os.write(terminal, "".join(f"{line}\n" for line in lines).encode())
    screen = b""
    try:
        while part := os.read(terminal, 65_536):
            screen += part
    except OSError:  # Linux ends a terminal without a program so
        pass
    os.close(terminal)
    return running.wait(), screen.decode()


def test_a_person_is_asked_and_the_answer_is_kept(desk: Path, clients: Path) -> None:
    path = put(desk, {**OPEN, "languages": ["de-DE", "fr-CA"]})
    code, screen = typed("Frisch gezapft.", "leave out", path=path)
    assert code == 0, screen
    assert read_answers(desk / "brief.answers.yaml") == {"headline": "Frisch gezapft.", "copy fr-CA": "leave out"}


@pytest.fixture
def reader(clients: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MisbehavingServer]:
    """A language model's server, and its card in the folder of cards."""
    monkeypatch.setenv(VARIABLE, SECRET)
    with MisbehavingServer() as server:
        card = {
            "id": "reader", "version": "1", "title": "A language model", "task": "read",
            "source": {"kind": "api", "url": f"{server.url}/v1"}, "licence": "Terms", "allowed_use": "Tests",
            "training_data": "Unknown to us", "stage": "production",
            "api": {"protocol": "openai-chat", "credential": VARIABLE},
            "unit_cost": {"money": "0", "accelerator_seconds": "0"},
        }  # fmt: skip
        (clients.parent / "cards").mkdir()
        (clients.parent / "cards" / "reader.yaml").write_text(yaml.safe_dump(card))
        yield server


def test_no_language_model_is_asked_without_the_tenants_word(
    desk: Path, clients: Path, reader: MisbehavingServer
) -> None:
    adopt(put(desk, {**CLEAR, "xyzzy": "plugh"}), "--cards", desk / "cards")
    assert not reader.vendor.seen


def test_a_language_model_that_the_tenant_permits_is_asked_about_what_is_open(
    desk: Path, clients: Path, reader: MisbehavingServer
) -> None:
    file = clients / "aurelle" / "tenant.yaml"
    content = yaml.safe_load(file.read_text())
    content["models"]["read"] = "reader@1"
    file.write_text(yaml.safe_dump(content))

    def answer(question: str) -> str:
        (number,) = [each["value"] for each in json.loads(question)["values"] if each["text"] == "plugh"]
        return json.dumps({"proposals": [{"value": number, "meaning": "audience"}]})

    reader.vendor.read = answer
    done = adopt(put(desk, {**CLEAR, "xyzzy": "plugh"}), "--cards", desk / "cards")
    assert done.exit_code == 0
    assert yaml.safe_load(done.stdout)["market"]["audience"] == "plugh"
    assert "proposed by the language model reader@1" in done.stderr


def test_a_language_model_that_cannot_be_used_is_said_and_passed_over(desk: Path, clients: Path) -> None:
    file = clients / "aurelle" / "tenant.yaml"
    for named, wrong in (("nobody", "nobody"), ("backdrop", "does text-to-image, not read")):
        content = yaml.safe_load(file.read_text())
        content["models"]["read"] = named
        file.write_text(yaml.safe_dump(content))
        done = adopt(put(desk, {**CLEAR, "xyzzy": "plugh"}))
        assert done.exit_code == 0
        (said,) = [line for line in done.stderr.splitlines() if line.startswith("no language model is asked")]
        assert wrong in said
