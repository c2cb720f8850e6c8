"""A hundred ways to be wrong: each gives a sentence with path, value, limit and remedy, and touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from foundry.brief.intake import parse, read_briefs
from foundry.errors import FoundryError
from models.registry import cards_of
from pipelines.planning.admission import admit
from tests.support.briefs import BRIEF, a_brief, a_tenant, product_picture

Change = Callable[[dict[str, Any]], Any]


def at(path: str, value: Any) -> Change:
    """Set a value deep in the brief; `del` removes it."""

    def change(brief: dict[str, Any]) -> None:
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        inner: Any = brief
        for part in parents:
            inner = inner[part]
        if value == "del":
            del inner[last]
        else:
            inner[last] = value

    return change


def both(first: Change, second: Change) -> Change:
    """Two changes, one after the other."""

    def change(brief: dict[str, Any]) -> None:
        first(brief)
        second(brief)

    return change


PRODUCT = BRIEF["products"][0]
STRICT: list[tuple[str, Change, list[str]]] = [
    ("no tenant", at("tenant", "del"), ["tenant", "missing", "add it"]),
    ("no campaign", at("campaign", "del"), ["campaign", "missing"]),
    ("no campaign id", at("campaign/id", "del"), ["campaign.id", "missing"]),
    ("no campaign name", at("campaign/name", "del"), ["campaign.name", "missing"]),
    ("no market", at("market", "del"), ["market", "missing"]),
    ("no regions", at("market/regions", []), ["market.regions", "at least 1"]),
    ("no products", at("products", []), ["products", "at least 1"]),
    ("products missing", at("products", "del"), ["products", "missing"]),
    ("no messages", at("messages", {}), ["messages", "at least 1"]),
    ("messages missing", at("messages", "del"), ["messages", "missing"]),
    ("no placements", at("placements", []), ["placements", "at least 1"]),
    ("placements missing", at("placements", "del"), ["placements", "missing"]),
    ("unknown key", at("placments", []), ["placments", "did you mean 'placements'"]),
    ("own key", at("kpi", 3), ["kpi", "metadata"]),
    ("unknown product key", at("products/0/pictre", "x"), ["products[0].pictre", "'picture'"]),
    ("unknown message key", at("messages/en-US/cta", "x"), ["messages.en-US.cta", "call_to_action"]),
    ("unknown campaign key", at("campaign/title", "x"), ["campaign.title", "name"]),
    ("unknown price key", at("products/0/prices/0/value", 1), ["products[0].prices[0].value", "amount"]),
    ("tenant with capitals", at("tenant", "Aurelle"), ["tenant", "'Aurelle'", "pattern"]),
    ("tenant climbs out", at("tenant", "../other"), ["tenant", "'../other'", "pattern"]),
    ("tenant empty", at("tenant", ""), ["tenant", "pattern"]),
    ("tenant a number", at("tenant", 7), ["tenant", "7", "write it in quotes"]),
    ("campaign id with a slash", at("campaign/id", "a/b"), ["campaign.id", "'a/b'"]),
    ("campaign id too long", at("campaign/id", "a" * 80), ["campaign.id", "pattern"]),
    ("campaign name empty", at("campaign/name", "  "), ["campaign.name", "at least 1"]),
    ("product id with spaces", at("products/0/id", "a b"), ["products[0].id", "'a b'"]),
    ("product id a number", at("products/0/id", 123), ["products[0].id", "123", "write it in quotes"]),
    ("product name empty", at("products/0/name", ""), ["products[0].name", "at least 1"]),
    ("product name missing", at("products/0/name", "del"), ["products[0].name", "missing"]),
    ("product is a text", at("products", ["serum"]), ["products[0]", "'serum'"]),
    ("products a text", at("products", "serum"), ["products", "'serum'"]),
    ("duplicate product ids", at("products", [PRODUCT, PRODUCT]), ["products[1].id", "'serum'", "unique"]),
    ("negative price", at("products/0/prices/0/amount", "-1"), ["prices[0].amount", "greater than or equal to 0"]),
    ("price a word", at("products/0/prices/0/amount", "cheap"), ["prices[0].amount", "'cheap'"]),
    ("price infinite", at("products/0/prices/0/amount", "Infinity"), ["prices[0].amount", "finite"]),
    ("price too precise", at("products/0/prices/0/amount", "1.23456"), ["prices[0].amount", "decimal places"]),
    ("price of half a yen", at("products/0/prices/0", {"amount": "12.5", "currency": "JPY"}), ["JPY", "0 decimal"]),
    ("currency a sign", at("products/0/prices/0/currency", "$"), ["prices[0].currency", "'$'"]),
    ("currency small", at("products/0/prices/0/currency", "usd"), ["prices[0].currency", "'usd'"]),
    ("two prices of a currency", at("products/0/prices/1/currency", "USD"), ["prices[1].currency", "'USD'", "unique"]),
    ("scene without prompt", at("scenes/0/prompt", "del"), ["scenes[0].prompt", "missing"]),
    ("scene prompt empty", at("scenes/0/prompt", ""), ["scenes[0].prompt", "at least 1"]),
    ("scene prompt endless", at("scenes/0/prompt", "x" * 600), ["scenes[0].prompt", "at most 500"]),
    ("no scenes and no prompt", at("scenes", []), ["scenes", "exactly one"]),
    ("scenes and prompt", at("prompt", "sea"), ["scenes", "exactly one"]),
    ("same scene twice", at("scenes", [BRIEF["scenes"][0]] * 2), ["scenes[1].id", "unique"]),
    ("same prompt twice", at("scenes", [{"id": "a", "prompt": "x"}, {"id": "b", "prompt": "x"}]), ["scenes[1].prompt"]),
    ("no alternatives", at("alternatives", 0), ["alternatives", "greater than or equal to 1"]),
    ("too many alternatives", at("alternatives", 100_000), ["alternatives", "1000"]),
    ("alternatives a word", at("alternatives", "many"), ["alternatives", "'many'"]),
    ("alternatives a fraction", at("alternatives", 1.5), ["alternatives", "1.5"]),
    ("locale unknown", at("messages/xx-YY", {"headline": "x"}), ["messages.xx-YY", "BCP 47"]),
    ("locale empty", at("messages/", {"headline": "x"}), ["messages", "at least 2"]),
    ("locale a word", at("messages/german", {"headline": "x"}), ["messages.german", "BCP 47"]),
    ("message empty", at("messages/en-US", {}), ["messages.en-US.headline", "missing"]),
    ("message none", at("messages/en-US", None), ["messages.en-US"]),
    ("message a text", at("messages/en-US", "Hello"), ["messages.en-US", "'Hello'"]),
    ("headline blank", at("messages/en-US/headline", "   "), ["messages.en-US.headline", "at least 1"]),
    ("headline endless", at("messages/en-US/headline", "x" * 10_000), ["messages.en-US.headline", "at most 500"]),
    ("headline a number", at("messages/en-US/headline", 5), ["messages.en-US.headline", "write it in quotes"]),
    ("headline a list", at("messages/en-US/headline", ["a"]), ["messages.en-US.headline"]),
    ("placement a number", at("placements", [5]), ["placements[0]", "write it in quotes"]),
    ("placement empty", at("placements", [""]), ["placements[0]", "at least 1"]),
    ("budget negative", at("budget", {"amount": "-5"}), ["budget.amount", "greater than or equal to 0"]),
    ("budget in euros", at("budget", {"amount": "5", "currency": "EUR"}), ["budget.currency", "'USD'"]),
    ("budget a number", at("budget", 5), ["budget", "5"]),
    ("embargo no date", at("embargo", "soon"), ["embargo", "'soon'"]),
    ("expiry impossible", at("expiry", "2027-02-30"), ["expiry", "2027-02-30"]),
    ("priority too high", at("priority", 12), ["priority", "12", "less than or equal to 9"]),
    ("metadata a list", at("metadata", [1]), ["metadata", "map of keys"]),
    ("audience endless", at("market/audience", "x" * 3_000), ["market.audience", "at most 2000"]),
]


def expiry_before_embargo(brief: dict[str, Any]) -> None:
    brief.update(embargo="2027-05-01", expiry="2027-04-01")


STRICT.append(("expiry before embargo", expiry_before_embargo, ["expiry", "2027-04-01", "set a later day"]))


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in STRICT], ids=[case[0] for case in STRICT])
def test_a_brief_against_the_schema_is_refused_in_a_sentence(change: Change, said: list[str]) -> None:
    brief = a_brief()
    change(brief)
    with pytest.raises(FoundryError) as refused:
        parse(brief)
    for part in said:
        assert part in str(refused.value)


GOOD = yaml.safe_dump(BRIEF)
FILES: list[tuple[str, str, bytes, str]] = [
    ("empty", "a.yaml", b"", "holds no brief"),
    ("only comments", "a.yaml", b"# nothing\n", "holds no brief"),
    ("a list", "a.yaml", b"- 1\n", "a brief is a map of keys"),
    ("a number", "a.json", b"5", "a brief is a map of keys"),
    ("not UTF-8", "a.yaml", b"tenant: \xff\xfe", "not UTF-8"),
    ("NUL", "a.yaml", b"tenant: a\0b", "NUL"),
    ("tab", "a.yaml", b"tenant:\n\t- a", "line 2"),
    ("twice", "a.yaml", b"tenant: a\ntenant: b", "stands twice"),
    ("twice in JSON", "a.json", b'{"tenant": "a", "tenant": "b"}', "stands twice"),
    ("alias", "a.yaml", b"a: &x [1]\nb: *x", "aliases are not allowed"),
    ("tag", "a.yaml", b"a: !!python/object/apply:os.system ['true']", "tags are not allowed"),
    ("open bracket", "a.yaml", b"a: [1", "a.yaml line"),
    ("cut JSON", "a.json", b'{"tenant": ', "not JSON"),
    ("NaN", "a.json", b'{"alternatives": NaN}', "not a number"),
    ("deep", "a.json", b"[" * 60 + b"]" * 60, "nested deeper"),
    ("very deep", "a.json", b"[" * 100_000, "nested deeper"),
    ("broken line", "a.jsonl", b'{"tenant": "a"}\n{oops}\n', "line 2"),
    ("wrong suffix", "a.txt", b"tenant: a", "rename it"),
    ("huge", "a.yaml", b"#" * 5_000_001, "the limit is 5000000"),
]


@pytest.mark.parametrize(("name", "data", "said"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_that_is_no_brief_is_refused_in_a_sentence(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FoundryError) as refused:
        read_briefs(tmp_path / name)
    assert said in str(refused.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for name in ("none.yaml", "folder.yaml"):
        with pytest.raises(FoundryError, match="cannot be read"):
            read_briefs(tmp_path / name)


def test_one_bad_document_does_not_hide_the_others_problems(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(GOOD.replace("alternatives", "x") + "\n---\ntenant: 5\n---\nkpi: 1\n" + "---\n" + GOOD)
    with pytest.raises(FoundryError) as refused:
        read_briefs(path)
    assert "brief 2: tenant" in str(refused.value)
    assert "brief 3: kpi" in str(refused.value)


def pictures(folder: Path) -> None:
    product_picture(folder / "serum.png")
    (folder / "text.png").write_text("not a picture")
    (folder / "empty.png").write_bytes(b"")
    (folder / "cut.png").write_bytes((folder / "serum.png").read_bytes()[:900])
    Image.new("RGB", (20, 20)).save(folder / "tiny.png")
    Image.new("1", (12_000, 12_000)).save(folder / "bomb.png")
    Image.new("RGB", (80, 80)).save(folder / "other.gif")
    (folder / "folder.png").mkdir()


PLANS: list[tuple[str, Change, list[str]]] = [
    ("unknown placement", at("placements", ["meta/stroy"]), ["placements[0]", "'meta/stroy'", "meta/story"]),
    ("missing picture", at("products/0/picture", "no.png"), ["products[0].picture", "'no.png'", "folder of files"]),
    ("no picture", at("products/0/picture", "text.png"), ["products[0].picture", "not a readable picture"]),
    ("empty picture", at("products/0/picture", "empty.png"), ["products[0].picture", "is empty"]),
    ("cut picture", at("products/0/picture", "cut.png"), ["products[0].picture", "not a readable picture"]),
    ("tiny picture", at("products/0/picture", "tiny.png"), ["20x20", "each edge needs 64"]),
    ("picture bomb", at("products/0/picture", "bomb.png"), ["products[0].picture", "12000x12000", "limit"]),
    ("picture of another kind", at("products/0/picture", "other.gif"), ["give a PNG, JPEG or WebP"]),
    ("picture a folder", at("products/0/picture", "folder.png"), ["is not a regular file"]),
    ("over budget", at("budget", {"amount": "0.001"}), ["budget.amount", "0.001", "below the estimate", "raise it"]),
    (
        "over quota",
        at("alternatives", 1_000),
        ["alternatives", "'1000'", "3000 shots", "quota of tenant aurelle", "2000"],
    ),
    ("script without font", at("messages/en-US/headline", "ខ្មែរ"), ["messages.en-US.headline", "U+1781", "fonts"]),
    ("name without font", at("products/0/name", "ꦧꦱ"), ["products[0].name", "no font covers"]),
    (
        "description without font",
        both(at("products/0/description", "ꦧꦱ"), at("messages/en-US/legal", "{product.description}.")),
        ["messages.en-US.legal, filled for product serum", "no font covers"],
    ),
    (
        "banned word in a description",
        both(at("products/0/description", "a miracle"), at("messages/en-US/legal", "{product.description}.")),
        ["filled for product serum", "never says"],
    ),
    ("bidi override", at("messages/en-US/headline", "a\u202eb"), ["messages.en-US.headline", "U+202E", "remove"]),
    ("combining tower", at("messages/en-US/headline", "a" + "\u0301" * 40), ["control characters", "remove them"]),
    ("unknown field", at("messages/en-US/headline", "{prise}"), ["{prise}", "use one of", "{price}"]),
    ("field without value", at("messages/en-US/headline", "{product.category}"), ["product 'serum' lacks"]),
    ("price without currency", at("messages/ja-JP", {"headline": "{price}"}), ["messages.ja-JP.headline", "{price}"]),
    ("banned word", at("messages/en-US/headline", "A Miracle"), ["'miracle'", "choose another word"]),
]


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in PLANS], ids=[case[0] for case in PLANS])
def test_a_plan_that_cannot_run_is_refused_before_anything_is_written(
    change: Change, said: list[str], tmp_path: Path
) -> None:
    pictures(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    brief = a_brief()
    brief["placements"].append("meta/feed-square")
    change(brief)
    tenant = a_tenant()
    with pytest.raises(FoundryError) as refused:
        admit(parse(brief), tmp_path, tenant, cards_of(tenant))
    for part in said:
        assert part in str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_there_are_a_hundred_of_them() -> None:
    assert len(STRICT) + len(FILES) + len(PLANS) >= 100
