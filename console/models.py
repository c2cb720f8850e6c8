"""The command `foundry models`: model cards, their weights, and the version of each that is in production."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from console.printing import Terminal, say
from console.settings import AsJson, Cards, options_written
from foundry.errors import BadInput, FoundryError, Refusals

if TYPE_CHECKING:
    from foundry.card.card import ModelCard
    from models.registry.ledger import Change, Signature
    from models.registry.pulling import Access

models_app = typer.Typer(
    invoke_without_command=True, help="Add models, check their weights, and choose the version in production."
)
out, err = Terminal(), Terminal(stderr=True)

Name = Annotated[
    str, typer.Argument(metavar="ID[@VERSION]", help="A card; an id alone means the version in production.")
]
Home = Annotated[Path | None, typer.Option(help="Folder of pulled weights; default: your cache folder.")]
Endpoint = Annotated[str, typer.Option(envvar="HF_ENDPOINT", help="Address of the hub.")]
TokenName = Annotated[str, typer.Option("--token-from", help="Environment variable that holds the hub's token.")]
Why = Annotated[str, typer.Option(help="The reason, which the ledger records.")]
Who = Annotated[str, typer.Option(help="The person who decides; default: your user name.")]
HUB = "https://huggingface.co"


@models_app.callback()
def models(context: typer.Context, cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the model cards, or run a command on one of them."""
    if context.invoked_subcommand is None:
        list_models(cards, home, as_json)
    elif options_written(context):
        raise BadInput("options", f"are written before {context.invoked_subcommand}; write them after it")


@models_app.command("list")
def list_models(cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """List every version of every card: its task, stage, source and licence, and whether its weights are present.

    Files that are no usable card are listed as broken, with the reason; they concern only who asks for them.
    """
    from console.listing import print_models
    from models.registry import broken_cards, open_registry, sound_cards

    registry = open_registry(cards, home)
    broken = {each.path.name: str(each.problem) for each in broken_cards(registry)}
    print_models({card.name: card for card in sound_cards(registry)}, out, as_json, broken)


@models_app.command()
def show(name: Name, cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """Show everything about a card: its allowed use, weights, evidence and history."""
    from models.registry import find, open_registry
    from models.registry.showing import card_details, detail_lines, details_as_json

    registry = open_registry(cards, home)
    found = card_details(registry, find(registry, name))
    if as_json:
        say(json.dumps(details_as_json(found), ensure_ascii=False))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in detail_lines(found):
        table.add_row(Text(label, "bold"), text)
    out.print(table)


@models_app.command()
def pull(
    name: Name,
    cards: Cards = None,
    home: Home = None,
    endpoint: Endpoint = HUB,
    variable: TokenName = "HF_TOKEN",
) -> None:
    """Download the weights of a card and check them; an interrupted pull continues where it stopped.

    No other command downloads weights, except `add --pull`.
    """
    from models.registry import find, open_registry
    from models.registry.pulling import pull as fetch_all

    card = find(open_registry(cards, home), name)
    with _progress() as report:
        files = fetch_all(card, _access(endpoint, variable), report)
    say(f"{card.name}: {len(files)} files, checked, in {card.folder}")


@models_app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID[@VERSION]]...", help="Default: all.")] = None,
    cards: Cards = None,
    home: Home = None,
    full: Annotated[bool, typer.Option(help="Read every byte again instead of trusting the cache of hashes.")] = False,
) -> None:
    """Check that weights are complete, unchanged, safe to read, and all named by their card."""
    from models.registry import broken_cards, find, open_registry, sound_cards

    registry = open_registry(cards, home)
    every = [card for card in sound_cards(registry) if _should_be_present(card)]
    wanted = [find(registry, name) for name in names] if names else every
    problems: list[FoundryError] = [] if names else [each.problem for each in broken_cards(registry)]
    for card in wanted:
        try:
            say(f"{card.name}: {_check_weights(card, full=full)}")
        except FoundryError as refused:
            problems.append(refused)
    if problems:
        raise problems[0] if len(problems) == 1 else Refusals("weights", tuple(problems))


@models_app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="CARD.yaml", help="The card.")],
    weights: Annotated[Path | None, typer.Option(help="Folder of the weights, for source directory.")] = None,
    pull: Annotated[
        bool,
        typer.Option("--pull", help="Download the weights now, and write their hashes into the card if it has none."),
    ] = False,
    cards: Cards = None,
    home: Home = None,
) -> None:
    """Check a card and its weights, and store the card in your folder as a draft."""
    from models.registry.adding import add as store
    from models.registry.folders import open_registry
    from models.registry.pulling import pull as fetch_all

    registry = open_registry(cards or Path("cards"), home)
    with _progress() as report:
        access = _access(os.environ.get("HF_ENDPOINT", HUB), "HF_TOKEN")
        pulling = (lambda card: fetch_all(card, access, report, trust=True)) if pull else None
        card = store(registry, file, weights=weights, pulling=pulling)
    say(f"{card.name}: {card.stage}, {card.path}")


@models_app.command()
def nominate(name: Name, why: Why, who: Who = "", cards: Cards = None, home: Home = None) -> None:
    """Make a draft, or a retired card, a candidate for production."""
    from models.registry import open_registry
    from models.registry.promotion import nominate as change

    _say(change(open_registry(cards, home), name, _signature(who, why)))


@models_app.command()
def promote(name: Name, why: Why, who: Who = "", cards: Cards = None, home: Home = None) -> None:
    """Put a candidate into production, on the evidence of its evaluation and parity."""
    from models.registry import open_registry
    from models.registry.promotion import promote as change

    _say(change(open_registry(cards, home), name, _signature(who, why)))


@models_app.command()
def rollback(
    model: Annotated[str, typer.Argument(metavar="ID", help="The card's id.")],
    why: Why,
    who: Who = "",
    cards: Cards = None,
    home: Home = None,
) -> None:
    """Put the previous production version back into production."""
    from models.registry import open_registry
    from models.registry.promotion import rollback as change

    _say(change(open_registry(cards, home), model, _signature(who, why)))


def _check_weights(card: ModelCard, *, full: bool) -> str:
    """Return a short text for weights that are as they should be; raise a FoundryError for others."""
    from models.registry import verify as check

    if card.task == "screen" and card.weights:
        from models.screening.onnx_networks import verify_packages

        verify_packages(card)
        return "good"
    check(card, full=full)
    return "good" if card.has_weights else "good, it has no weights"


def _should_be_present(card: ModelCard) -> bool:
    """Return False for the weights of a bucket or hub that were never pulled, otherwise True."""
    return card.source.kind not in ("bucket", "hub") or card.folder.exists()


def _signature(who: str, why: str) -> Signature:
    from models.registry.ledger import Signature

    if not why.strip():
        raise BadInput("--why", "is empty; state the reason, which the ledger records")
    return Signature(who=who or getpass.getuser(), why=why)


def _say(change: Change) -> None:
    instead = f", instead of {change.previous}" if change.previous else ""
    say(f"{change.id}@{change.version}: {change.after}{instead}")


def _access(endpoint: str, variable: str) -> Access:
    from models.registry.pulling import Access

    return Access(endpoint, os.environ.get(variable, ""), variable)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Yield a function that shows the bytes of each file on stderr: bars on a terminal, else a line per whole file."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

    def print_finished(file: str, here: int, size: int | None) -> None:
        if here == size:
            err.print(f"fetched {file}, {here:,} bytes")

    if not err.is_terminal:
        yield print_finished
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, TaskID] = {}

        def show(file: str, here: int, size: int | None) -> None:
            if file not in tasks:
                tasks[file] = bars.add_task(file, total=size)
            bars.update(tasks[file], completed=here, total=size)

        yield show
