"""A tenant's own fonts: chosen by role, then character by character; known by content, and to their tenant alone."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from foundry.brought_fonts import Families, brought_face, order_of, present
from foundry.errors import BadInput, Refusals
from foundry.fonts import font_chain, fonts_digest, missing_characters
from foundry.inputs.spool import user_spool
from foundry.tenant import Tenant, load_tenant
from imaging.typesetting.lettering import Style, draw, measure, runs
from tests.support.briefs import EXAMPLES, a_tenant
from tests.support.made_fonts import made_font
from tests.support.own_fonts import KHMER_FAMILY, TAMIL, khmer_tenant, tenant_with_fonts

WORD = "សូមស្វាគមន៍"
TAMIL_WORD = "நல்வரவு"


@pytest.fixture(scope="module")
def khmer(tmp_path_factory: pytest.TempPathFactory) -> Tenant:
    """A tenant that brings a Khmer family, and sets its display text in it."""
    return khmer_tenant(tmp_path_factory.mktemp("khmer"))


def faces(text: str, family: str, locale: str = "km-KH") -> list[str]:
    return [path for _, path, _ in runs(text, family, "regular", False, locale)]


def test_a_tenant_without_fonts_has_the_shipped_families() -> None:
    assert a_tenant().families == Families("Marcellus", "Inter")


def test_each_character_has_the_first_face_that_draws_it(khmer: Tenant) -> None:
    display, body = khmer.families
    own = str(font_chain(display, "regular")[0].path)
    assert faces(WORD, display) == [own]
    assert faces(WORD, body) == [own]
    assert [Path(path).stem for path in faces(f"Aurelle {WORD} 輝", body)] == [
        "Inter-Regular", Path(own).stem, "NotoSansJP-Regular",
    ]  # fmt: skip
    assert missing_characters(WORD, ("Inter",))
    assert missing_characters(WORD, tuple(khmer.families)) == ()


def test_a_whole_script_is_measured_as_it_is_drawn(khmer: Tenant) -> None:
    for size in (13, 40, 64):
        style = Style(khmer.families.display, "bold", size, False, "km-KH")
        line = measure(f"{WORD} 2027", style)
        canvas = Image.new("L", (line.width + 160, line.above + line.below + 160))
        draw(ImageDraw.Draw(canvas), 80, 80 + line.above, line, style, "white")
        left, top, right, bottom = canvas.getbbox() or (0, 0, 0, 0)
        assert 80 <= left <= right <= 80 + line.width
        assert (top, bottom) == (80, 80 + line.above + line.below)


def test_a_font_may_serve_a_single_character(tmp_path: Path) -> None:
    family = {"name": "Signs", "regular": "fonts/signs.ttf", "licence": "our own"}
    owner = tenant_with_fonts(tmp_path, {"signs.ttf": made_font("⠿")}, families=[family])
    assert missing_characters("⠿", ("Marcellus", "Inter")) == ("⠿",)
    assert missing_characters("⠿", tuple(owner.families)) == ()
    assert len(set(faces("A⠿b", owner.families.body, "en-US"))) == 2


def test_fonts_enter_the_names_of_files_by_their_content(tmp_path: Path, khmer: Tenant) -> None:
    again = khmer_tenant(tmp_path / "again")
    assert again.families == khmer.families
    assert fonts_digest(tuple(again.families)) == fonts_digest(tuple(khmer.families))
    other = tenant_with_fonts(
        tmp_path / "other", {"k.woff": TAMIL, "kb.woff": TAMIL}, display="Khmer", families=[KHMER_FAMILY]
    )
    assert fonts_digest(tuple(other.families)) != fonts_digest(tuple(khmer.families))
    assert other.brand_digest == khmer.brand_digest


def test_files_of_the_shipped_families_keep_their_names() -> None:
    found = [fonts_digest(names) for names in (("Marcellus", "Inter"), ("Archivo", "Inter"))]
    assert found == ["4ac523f7d8a851783ab66e2ea595ed88", "8060cd00017f100841900fe17ba50c4d"]
    assert a_tenant().brand_digest == "a3c526047f8e1ca3ebfa7bf881b4c786"


def test_a_rebuilt_font_that_the_spool_evicted_is_rebuilt(khmer: Tenant) -> None:
    face = font_chain(khmer.families.display, "regular")[0]
    content = face.path.read_bytes()
    face.path.unlink()
    assert present(str(face.path)) == str(face.path)
    assert face.path.read_bytes() == content
    assert user_spool().touch(face.path.name)


def test_a_font_is_read_by_its_hash_where_the_folder_is_out_of_reach(tmp_path: Path) -> None:
    owner = tenant_with_fonts(
        tmp_path, {"t.woff": TAMIL}, families=[{"name": "T", "regular": "fonts/t.woff", "licence": "OFL-1.1"}]
    )
    asked: list[str] = []
    there = pickle.loads(pickle.dumps(owner.files))
    away = owner.model_copy()
    away.use_files(there)
    away.read_from(lambda sha256: (asked.append(sha256), TAMIL.read_bytes())[1])
    assert missing_characters(TAMIL_WORD, tuple(away.families)) == ()
    face = font_chain(away.families.body, "regular")[1]
    face.path.unlink()
    present(str(face.path))
    assert set(asked) == {owner.files.fonts["fonts/t.woff"].sha256}


def test_no_process_draws_with_a_font_that_its_tenant_does_not_name() -> None:
    with pytest.raises(LookupError, match="is known here"):
        brought_face(f"#{'0' * 64}.{'0' * 64}", "regular")


BAD = {
    "a hash as a family": ({"display": "#" + "0" * 64}, "brand.fonts.display"),
    "two of one name": ({"families": [KHMER_FAMILY, {**KHMER_FAMILY}]}, "two families are called 'Khmer'"),
    "no licence": ({"families": [{"name": "K", "regular": "k.woff"}]}, "families[0].licence: it is missing"),
    "a climbing path": (
        {"families": [{**KHMER_FAMILY, "regular": "../northpeak/k.woff"}]}, "brand.fonts.families[0].regular"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fonts", "said"), BAD.values(), ids=BAD)
def test_a_tenants_file_with_wrong_fonts_is_refused(fonts: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        tenant_with_fonts(tmp_path, {}, **fonts)
    assert said in str(refused.value)


def test_a_font_that_is_missing_or_broken_is_refused_at_admission(tmp_path: Path) -> None:
    owner = tenant_with_fonts(tmp_path, {"k.woff": made_font()[:300]}, families=[KHMER_FAMILY])
    with pytest.raises(Refusals) as refused:
        owner.receive()
    text = str(refused.value)
    assert "brand.fonts.families[0].regular: 'fonts/k.woff' is not a sound font" in text
    assert "brand.fonts.families[0].bold: 'fonts/kb.woff' does not exist among the files" in text


def test_an_order_has_each_family_once() -> None:
    assert order_of("Inter", []) == "Inter"
    assert load_tenant(EXAMPLES / "tenants", "northpeak").families == Families("Archivo", "Inter")
