"""The gate: a brief becomes a plan, or refusals with every reason. Nothing is drawn or written here.

The command line, the dispatcher, the Flex template and the tests all pass through `admit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foundry.brief.brief import Brief
from foundry.brief.intake import read_briefs
from foundry.card.selection import Cards
from foundry.errors import FoundryError, Refusals
from foundry.inputs.picture import PictureFacts
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.sound import SoundFacts
from foundry.plan.estimate import Estimate, estimate
from foundry.plan.plan import Plan
<<<<<<< HEAD
from foundry.plan.timeline import timeline_for
from foundry.tenant import Tenant
from imaging.typesetting.copy_fitting import find_misfits
from pipelines.planning.clips_admission import clip_notes, clip_problems
=======
from foundry.tenant import Tenant, load_tenant
from imaging.typesetting.fitting import misfits
from models.registry import cards_of, open_registry
from pipelines.planning.card_checks import check_cards
from pipelines.planning.clip_checks import check_clips
from pipelines.planning.copy_checks import check_copy
from pipelines.planning.input_checks import check_placements, inspect_products, inspect_sounds
from pipelines.planning.limit_checks import check_limits
from pipelines.planning.notes import notes_on

InputFacts = PictureFacts | ModelFacts | SoundFacts
>>>>>>> d237686 (Admit every brief through one gate; run, report and explain with typed results)


@dataclass(frozen=True)
class Admitted:
    """A plan that may run.

    `estimate` is what it costs if nothing of it exists yet, `inputs` the picture, model and audio files that it needs,
    `assumptions` the sentences that whoever ordered it should know.
    """

    plan: Plan
    estimate: Estimate
    inputs: tuple[InputFacts, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class BriefFolders:
    """The folders that a brief's names refer to: tenants, the brief's files, and your own model cards if any."""

    tenants: Path
    files: Path
    cards: Path | None = None


def admit_file(path: Path, tenants: Path | None = None, cards: Path | None = None) -> list[Admitted]:
    """Admit every brief of a file before any is run; Refusals for the first that cannot be planned.

    Relative paths start at the file's folder. `tenants` is a folder, by default `tenants` beside the file; `cards` is
    your own folder of model cards.
    """
    folder = path.resolve().parent
    folders = BriefFolders(tenants or folder / "tenants", folder, cards)
    return [admit_brief(brief, folders) for brief in read_briefs(path)]


def admit_brief(brief: Brief, folders: BriefFolders) -> Admitted:
    """Load the brief's tenant and the cards that it uses, and admit the brief; Refusals with every reason otherwise."""
    tenant = load_tenant(folders.tenants, brief.tenant)
    return admit(brief, folders.files, tenant, cards_of(tenant, open_registry(folders.cards)))


def admit(brief: Brief, folder: Path, tenant: Tenant, cards: Cards) -> Admitted:
    """Plan `brief`, whose relative paths start at `folder`; Refusals with every reason if it cannot be made.

    The last of the checks sets every copy in its layouts, so that nothing is drawn for a file that cannot be finished.
    """
    products, problems = inspect_products(brief, folder)
    sounds, unheard = inspect_sounds(brief, folder)
    placements, unknown = check_placements(brief)
    problems += [*unknown, *unheard, *check_copy(brief, tenant), *check_cards(cards, tenant, placements)]
    if not unknown:
        problems += check_clips(brief, tenant, cards, placements)
    _refuse(brief, problems)
    ordered = sorted(brief.products, key=lambda product: product.id)
    keys = tuple(facts.key if (facts := products.get(product.id)) else None for product in ordered)
    named = tuple(sorted((sound.named, sound.sha256) for sound in sounds))
    plan = Plan(brief, tenant, cards, keys, placements, named)
    figures = estimate(plan)
    _refuse(brief, list(check_limits(plan, figures)))
    _refuse(brief, list(misfits(plan)))
    inputs = {facts.key: facts for facts in (*products.values(), *sounds)}
    return Admitted(plan, figures, tuple(inputs.values()), tuple(notes_on(plan)))


<<<<<<< HEAD
def _pictures(brief: Brief, folder: Path) -> tuple[dict[str, PictureFacts | ModelFacts], list[FoundryError]]:
    facts: dict[str, PictureFacts | ModelFacts] = {}
    problems: list[FoundryError] = []
    for index, product in enumerate(brief.products):
        file = product.model or product.picture
        if file is None:
            continue
        path = folder / file
        try:
            facts[product.id] = inspect_model(path, product.view or View()) if product.model else inspect_picture(path)
        except Unusable as error:
            problems.append(error.at(f"products[{index}].{'model' if product.model else 'picture'}", file))
    return facts, problems


def _sounds(brief: Brief, folder: Path) -> tuple[list[SoundFacts], list[FoundryError]]:
    sounds: list[SoundFacts] = []
    problems: list[FoundryError] = []
    for path, name in sounds_of(brief.film):
        try:
            sounds.append(inspect_sound(folder, name))
        except Unusable as error:
            problems.append(error.at(path, name))
    return sounds, problems


def _placements(brief: Brief) -> tuple[tuple[Placement, ...], list[FoundryError]]:
    problems: list[FoundryError] = []
    for index, name in enumerate(brief.placements):
        try:
            for placement in resolve_placements((name,)):
                _timeline(brief, placement)
        except FoundryError as error:
            problems.append(Problem(f"placements[{index}]", shorten(name), "is refused", str(error)))
    return (() if problems else resolve_placements(brief.placements)), problems


def _timeline(brief: Brief, placement: Placement) -> None:
    """NoTimeline if the placement takes films and no template serves it."""
    if placement.motion is not None:
        timeline_for(placement, placement.motion, brief.film.template if brief.film else None)


def _copy_problems(brief: Brief, tenant: Tenant) -> Iterator[FoundryError]:
    for locale, message in brief.messages.items():
        yield from _message_problems(brief, tenant, locale, message)
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    for locale, lines in (brief.film.subtitles if brief.film else {}).items():
        for index, line in enumerate(lines):
            yield from _text_problems(f"film.subtitles.{locale}[{index}].text", line.text, families)
            yield from _banned(f"film.subtitles.{locale}[{index}].text", line.text, tenant)
    for index, product in enumerate(brief.products):
        path = f"products[{index}].name"
        yield from _text_problems(path, product.name, families)


def _days(brief: Brief) -> Days:
    return Days(brief.embargo, brief.expiry)


def _message_problems(brief: Brief, tenant: Tenant, locale: str, message: Message) -> Iterator[FoundryError]:
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    for field in FIELDS:
        text, path = getattr(message, field), f"messages.{locale}.{field}"
        yield from _text_problems(path, text, families)
        yield from _banned(path, text, tenant)
        for product in brief.products:
            yield from _unfilled(path, text, fills(product, locale, _days(brief)), product.id, locale)
    yield from _filled_problems(brief, tenant, locale, message)


def _filled_problems(brief: Brief, tenant: Tenant, locale: str, message: Message) -> Iterator[FoundryError]:
    """What the products' fields and prices bring into the copy, each text once."""
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    templated = [field for field in FIELDS if PLACEHOLDER.search(getattr(message, field))]
    found: dict[str, str] = {}
    for product in brief.products:
        words = write(message, product, locale, _days(brief))
        found.setdefault(words.price, f"products.{product.id}.prices, written for {locale}")
        for field in templated:
            found.setdefault(getattr(words, field), f"messages.{locale}.{field}, filled for product {product.id}")
    for text, path in found.items():
        yield from _text_problems(path, text, families)
        yield from _banned(path, text, tenant)


def _text_problems(path: str, text: str, families: tuple[str, ...]) -> Iterator[FoundryError]:
    if controls := hostile(text):
        codes = ", ".join(f"U+{ord(c):04X}" for c in controls)
        yield Problem(path, shorten(text), f"holds control characters ({codes})", "remove them")
    elif missing := uncovered(text, families):
        shown = ", ".join(f"{c} U+{ord(c[0]):04X}" for c in missing[:5])
        yield Problem(path, shorten(text),
            f"has {len(missing)} character(s) that no font covers: {shown}",
            f"reword it, or add a font to templates/fonts (asked: {', '.join(families)})",
        )  # fmt: skip


def _banned(path: str, text: str, tenant: Tenant) -> Iterator[FoundryError]:
    for word in tenant.brand.banned_words:
        if word.casefold() in text.casefold():
            yield Problem(path, shorten(text), f"says {word!r}, which {tenant.id} never says", "choose another word")


def _unfilled(path: str, text: str, values: dict[str, str], product: str, locale: str) -> Iterator[FoundryError]:
    for key in unfilled(text, values):
        if key in PLACEHOLDERS:
            wrong = f"needs {{{key}}}, which product {product!r} lacks for {locale}"
            remedy = "give the product that field (a price in the locale's currency) or drop it"
        else:
            wrong = f"has the unknown placeholder {{{key}}}"
            remedy = "use one of " + ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
        yield Problem(path, shorten(text), wrong, remedy)


def _card_problems(cards: Cards, tenant: Tenant, placements: Iterable[Placement]) -> Iterator[FoundryError]:
    where = f"tenant {tenant.id}: models"
    for role in ("generate", "upscale", "screen"):
        yield from _objection(f"{where}.{role}", getattr(cards, role), tenant)
    for index, worn in enumerate(cards.adapters):
        yield from _adapter_problems(f"{where}.adapters[{index}].card", worn.card, cards.generate, tenant)
        yield from _guide_problems(f"{where}.adapters[{index}].picture", worn)
    sizes = cards.generate.sizes
    for bucket in sorted({placement.bucket for placement in placements} - set(sizes)):
        yield Problem(f"{where}.generate", shorten(cards.generate.id),
            f"draws no {bucket} pictures, only {', '.join(sizes)}", "drop those placements",
        )  # fmt: skip


def _objection(path: str, card: ModelCard, tenant: Tenant) -> Iterator[FoundryError]:
    if objection := card.objection(tenant.id):
        yield objection.at(path)


def _adapter_problems(path: str, card: ModelCard, base: ModelCard, tenant: Tenant) -> Iterator[FoundryError]:
    yield from _objection(path, card, tenant)
    if card.adapter is None:
        yield Problem(path, shorten(card.name), f"does {card.task}; it is no adapter", "name an adapter card")
        return
    if base.id not in card.adapter.bases:
        fits = ", ".join(card.adapter.bases)
        yield Problem(path, shorten(card.name), f"fits {fits}, not {base.id}", "choose an adapter that was made for it")
    if card.adapter.kind not in base.takes:
        takes = f"takes only {', '.join(base.takes)}" if base.takes else "takes no adapters"
        yield Problem(
            path, shorten(card.name), f"is a {card.adapter.kind}; {base.id} {takes}", "drop it from the tenant"
        )


def _guide_problems(path: str, worn: Worn) -> Iterator[FoundryError]:
    """Adapters that follow a picture have a usable one; the others have none."""
    kind = worn.card.adapter.kind if worn.card.adapter else "lora"
    if worn.file is None:
        if kind != "lora":
            yield Problem(path, "", f"is missing; {kind} follows a picture", "name one beside the card")
        return
    if kind == "lora":
        yield Problem(path, shorten(worn.file.name), "is not used; lora follows no picture", "leave it out")
        return
    try:
        inspect_picture(worn.file)
    except Unusable as error:
        yield error.at(path, worn.file.name)


def _over_limits(plan: Plan, figures: Estimate) -> Iterator[FoundryError]:
    quota, brief = plan.tenant.quota, plan.brief
    whose = f"over the quota of tenant {plan.tenant.id}"
    cut = "order fewer alternatives, scenes, locales or placements, or raise the quota"
    if figures.shots > quota.shots:
        yield Problem("alternatives", shorten(str(brief.alternatives)),
                          f"makes {figures.shots} shots, {whose}, {quota.shots}", cut)  # fmt: skip
    if figures.variants > quota.variants:
        yield Problem("placements", shorten(str(len(plan.placements))),
                          f"makes {figures.variants} variants, {whose}, {quota.variants}", cut)  # fmt: skip
    if figures.size_bytes > quota.bytes:
        yield Problem("placements", shorten(str(len(plan.placements))),
                          f"makes {figures.size_bytes} bytes, {whose}, {quota.bytes}", cut)  # fmt: skip
    if brief.budget and figures.money > brief.budget.amount:
        yield Problem("budget.amount", shorten(str(brief.budget.amount)),
                          f"is below the estimate of {figures.money:.4f} USD", "raise it, or " + cut)  # fmt: skip
    if figures.money > quota.budget:
        yield Problem("budget", shorten(str(brief.budget.amount if brief.budget else "none")),
                          f"does not matter: {figures.money:.2f} USD is {whose}, {quota.budget}", cut)  # fmt: skip


def _assumptions(plan: Plan) -> Iterator[str]:
    for product, picture in zip(plan.products, plan.pictures, strict=True):
        if picture is None:
            yield _drawn(product.id, plan.cards.generate)
        if not product.prices:
            yield f"Product {product.id} has no price; layouts leave its place free."
    yield from clip_notes(plan)


def _drawn(product: str, card: ModelCard) -> str:
    if card.draws_products:
        return f"Product {product} has no picture; model {card.id} draws it from its description."
    return (
        f"Product {product} has no picture; model {card.id} was asked to draw it from its description, "
        "but its card says that it draws scenes only: add a picture to show the product."
    )


def admit_fitting(brief: Brief, folder: Path, tenant: Tenant, cards: Cards) -> Admitted:
    """As `admit`; Refusals also for copy that will not fit, so that nothing is drawn in vain."""
    each = admit(brief, folder, tenant, cards)
    if problems := tuple(find_misfits(each.plan)):
        raise Refusals(f"brief {brief.tenant}/{brief.campaign.id}", problems)
    return each
=======
def _refuse(brief: Brief, problems: list[FoundryError]) -> None:
    if problems:
        raise Refusals(f"brief {brief.tenant}/{brief.campaign.id}", tuple(problems))
>>>>>>> d237686 (Admit every brief through one gate; run, report and explain with typed results)
