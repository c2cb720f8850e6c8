"""Admission of a batch of products: those that are refused are set aside with their sentences, the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from foundry.brief.brief import Brief
from foundry.brief.copywriting import Days, copy_template
from foundry.catalog.products import CatalogProduct
from foundry.catalog.runs import batch_prefix
from foundry.errors import FoundryError, Refusals, clipped
from foundry.names import digest
from imaging.typesetting.setting import CopyDoesNotFit
from pipelines.catalog.template import CatalogTemplate
from pipelines.planning.admission import Admitted, admit

REFUSED = "refused"
_BY_PLACE = re.compile(r"products\[(\d+)\]")
_LACKING = re.compile(r"which product '([a-z0-9._-]+)' lacks for ")
_PRICED = re.compile(r"products\.([a-z0-9._-]+)\.prices, written for ")
_FILLED = re.compile(r"messages\.([A-Za-z-]+)\.([a-z_]+), filled for product ([a-z0-9._-]+)")


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """A product whose files are to be made. picture: the SHA-256 of its picture, "" for none; file: its name."""

    product: CatalogProduct
    picture: str = ""
    file: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unmade:
    """A product that was not made: why, as a stable code and as a sentence."""

    product: CatalogProduct
    code: str
    what: str
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class AdmittedBatch:
    """Products that one campaign makes, and those that were refused on the way."""

    items: tuple[BatchItem, ...]
    admitted: Admitted | None
    refused: tuple[Unmade, ...] = field(default=())


def batch_campaign(catalog: str, template: str, items: Sequence[BatchItem]) -> str:
    """Return the id of the campaign that makes these products: the same products have the same one in every run."""
    shown = sorted([item.product.id, item.product.appearance, item.picture] for item in items)
    return f"{batch_prefix(catalog)}{digest('catalog-batch', template=template, products=shown)[:16]}"


def admit_items(template: CatalogTemplate, items: Sequence[BatchItem], folder: Path) -> Iterator[AdmittedBatch]:
    """Yield the admitted batches of some products, in order: one, unless a refusal cannot be laid to single products.

    `folder` holds their pictures and the template's sounds. Refusals if the template itself is at fault.
    """
    refused: list[Unmade] = []
    while items:
        try:
            admitted = _admit(template, items, folder)
        except Refusals as error:
            blamed = blame(error, items, template)
            if not blamed:
                yield from _halves(template, items, folder, error, refused)
                return
            refused += [Unmade(product=i.product, code=REFUSED, what=blamed[i.product.id], picture=i.picture)
                        for i in items if i.product.id in blamed]  # fmt: skip
            items = [item for item in items if item.product.id not in blamed]
            continue
        yield AdmittedBatch(items=tuple(items), admitted=admitted, refused=tuple(refused))
        return
    yield AdmittedBatch(items=(), admitted=None, refused=tuple(refused))


def _admit(template: CatalogTemplate, items: Sequence[BatchItem], folder: Path) -> Admitted:
    campaign = batch_campaign(template.catalog.id, template.digest, items)
    brief = template.brief_of([(item.product, item.file) for item in items], campaign)
    return admit(brief, folder, template.tenant, template.cards, template.registry)


def _halves(
    template: CatalogTemplate, items: Sequence[BatchItem], folder: Path, error: Refusals, refused: list[Unmade]
) -> Iterator[AdmittedBatch]:
    """Admit the halves of a batch that is refused for reasons that name no product.

    The error rises if a first product alone is refused for all of the same reasons: then it is the template's.
    """
    if len(items) == 1:
        what = clipped(" ".join(map(str, error.problems)), 1_000)
        alone = Unmade(product=items[0].product, code=REFUSED, what=what, picture=items[0].picture)
        yield AdmittedBatch(items=(), admitted=None, refused=(*refused, alone))
        return
    if _same_alone(template, items[0], folder, error):
        raise error
    yield AdmittedBatch(items=(), admitted=None, refused=tuple(refused))
    half = len(items) // 2
    yield from admit_items(template, items[:half], folder)
    yield from admit_items(template, items[half:], folder)


def _same_alone(template: CatalogTemplate, item: BatchItem, folder: Path, error: Refusals) -> bool:
    try:
        _admit(template, [item], folder)
    except Refusals as alone:
        return {str(each) for each in alone.problems} >= {str(each) for each in error.problems}
    return False


def blame(error: Refusals, items: Sequence[BatchItem], template: CatalogTemplate) -> dict[str, str]:
    """Return the sentences of a refusal by the id of the product that each is about; others are left out."""
    known = {item.product.id for item in items}
    sentences: dict[str, list[str]] = {}
    texts = _Texts(items, template)
    for problem in error.problems:
        for product in _named_in(problem, items) or texts.having(problem):
            if product in known:
                sentences.setdefault(product, []).append(str(problem))
    return {product: clipped(" ".join(found), 1_000) for product, found in sentences.items()}


def _named_in(problem: FoundryError, items: Sequence[BatchItem]) -> list[str]:
    """Return the product that a problem names by its place in the brief or by its id."""
    path = getattr(problem, "path", "")
    if found := _BY_PLACE.search(path):
        at = int(found.group(1))
        return [items[at].product.id] if at < len(items) else []
    named = _PRICED.match(path) or _LACKING.search(getattr(problem, "limit", ""))
    return [named.group(1)] if named else []


class _Texts:
    """The products of a batch by the words that they bring into the copy, written when they are first asked for."""

    def __init__(self, items: Sequence[BatchItem], template: CatalogTemplate) -> None:
        self._items, self._template = items, template
        self._by_text: dict[tuple[str, str], Mapping[str, list[str]]] = {}
        self._brief: Brief | None = None

    def having(self, problem: FoundryError) -> list[str]:
        """Return the products whose words a problem is about; none for words that all of them have.

        A text that is wrong is told once, for the first product that has it.
        """
        found: list[str] = []
        if isinstance(problem, CopyDoesNotFit):
            found = self._of(problem.locale, problem.slot).get(problem.text, [])
        elif filled := _FILLED.match(getattr(problem, "path", "")):
            locale, field, product = filled.groups()
            found = next((ids for ids in self._of(locale, field).values() if product in ids), [])
        return found if len(found) < len(self._items) or len(found) == 1 else []

    def _of(self, locale: str, field: str) -> Mapping[str, list[str]]:
        if (locale, field) not in self._by_text:
            self._by_text[locale, field] = self._written(locale, field)
        return self._by_text[locale, field]

    def _written(self, locale: str, field: str) -> Mapping[str, list[str]]:
        brief = self._brief = self._brief or self._template.brief_of([(i.product, None) for i in self._items], "words")
        message = brief.messages.get(locale)
        if message is None:
            return {}
        words, found = copy_template(message, locale, Days(brief.embargo, brief.expiry)), dict[str, list[str]]()
        for product in brief.products:
            found.setdefault(getattr(words.fill(product), field, ""), []).append(product.id)
        return found
