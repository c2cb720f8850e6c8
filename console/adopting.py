"""The command `foundry brief adopt`: a brief as people write it becomes a strict one, or questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.printing import Terminal, say
from console.settings import Cards, Tenants
from foundry.errors import BadInput, FoundryError, shorten

if TYPE_CHECKING:
    from foundry.adoption.adoption import Propose
    from foundry.adoption.said import Adoption, Question

err = Terminal(stderr=True)

BriefFile = Annotated[Path, typer.Argument(help="YAML, JSON, CSV, TSV, XLSX or text, as somebody wrote it.")]
TenantId = Annotated[str | None, typer.Option(help="Whose brief it is; default: the brand that the file names.")]
AnswersFile = Annotated[
    Path | None,
    typer.Option("--answers", help="YAML with answers to questions; default: NAME.answers.yaml beside FILE."),
]
Output = Annotated[Path | None, typer.Option(help="Write the brief to this file; the files that it names follow it.")]
Only = Annotated[str, typer.Option(help="Locales that are ordered, by commas; default: all that the file names.")]
Everything = Annotated[bool, typer.Option("--all", help="Show also decisions that the file states plainly.")]


def adopt_brief(
    file: BriefFile,
    tenant: TenantId = None,
    tenants: Tenants = None,
    cards: Cards = None,
    answers: AnswersFile = None,
    output: Output = None,
    only: Only = "",
    everything: Everything = False,
) -> None:
    """Turn FILE into strict briefs. What it leaves open is asked in a terminal; in a script, it exits with 2.

    Every value of FILE becomes part of a brief, or is asked about, or is kept in the metadata. Each decision is shown
    with its reason. Answers are kept beside FILE; those that hold for all briefs of a tenant, in its adoption.yaml.
    """
    from console.adoption_files import Destination, write_adoption
    from console.adoption_view import print_adoption, print_questions
    from foundry.adoption.adoption import is_settled

    _check_output(file, output)
    locales = tuple(part.strip() for part in only.split(",") if part.strip())
    clients = tenants or (output or file).parent / "tenants"
    desk = Desk(file, answers, clients, cards, tenant, locales)
    desk.read()
    desk.ask()
    print_adoption(desk.adoption, err, everything=everything)
    if not is_settled(desk.adoption):
        desk.offer_answers()
        desk.keep_answers()
        raise typer.Exit(Exit.REFUSED)
    print_questions(desk.adoption.questions, err)
    place = Destination(source=file, output=output, tenants=clients, tenants_given=tenants is not None, cards=cards)
    write_adoption(desk.adoption, place, err)
    desk.keep_answers()
    desk.learn()


def _check_output(file: Path, output: Path | None) -> None:
    """Raise BadInput for a place at which no brief can be written, before anybody is asked anything."""
    if output is None:
        return
    if not output.parent.is_dir():
        raise BadInput(str(output.parent), "is no folder; make it, or name another one with --output")
    if output.exists() and file.exists() and output.samefile(file):
        raise BadInput(str(output), "is the brief that is adopted; name another file with --output")


@dataclass
class Desk:
    """One file that is being adopted, and the answers to its questions so far."""

    file: Path
    answers_file: Path | None
    tenants: Path
    cards: Path | None
    tenant: str | None
    only: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)
    """Every question that came up, by its id."""

    def read(self) -> None:
        """Read the answers that are kept, and adopt the file with them, with the tenant's profile and its model."""
        from foundry.adoption.adoption import tenant_in
        from foundry.adoption.answers import answers_beside, faults_in, read_answers

        self.kept_in = answers_beside(self.file)
        given = self.answers_file or self.kept_in
        if self.answers_file or given.is_file():
            self.answers = read_answers(given)
        for fault in faults_in(self.answers):
            err.print(f"{given}: {fault}")
        self.profile: Mapping[str, str] = {}
        self.propose: Propose | None = None
        self.adopt()
        if whose := self.tenant or tenant_in(self.adoption):
            self._use_what_is_known_of(whose)

    def _use_what_is_known_of(self, tenant: str) -> None:
        from console.adoption_files import folder_of
        from foundry.adoption.profile import read_profile

        if (folder := folder_of(self.tenants, tenant)) is None:
            return
        self.profile = read_profile(folder).as_answers()
        self.propose = reader_for(tenant, self.tenants, self.cards)
        if self.profile or self.propose:
            self.adopt()

    def adopt(self) -> None:
        """Adopt the file with everything that is known by now."""
        from console.adoption_files import tenants_in
        from foundry.adoption.adoption import adopt

        self.adoption: Adoption = adopt(
            self.file,
            answers={**self.profile, **self.answers},
            tenant=self.tenant,
            tenant_ids=tenants_in(self.tenants),
            only=self.only,
            propose=self.propose,
        )
        self.asked |= {question.id: question for question in self.adoption.questions}

    def ask(self) -> None:
        """Ask what is open until nothing is, if a person is there to answer. Each answer is kept at once."""
        from console.asking import ask, somebody_answers

        if not somebody_answers():
            return
        passed_over: set[str] = set()
        while question := next(self._open(passed_over), None):
            answer = ask(question)
            if answer is None:
                return
            if answer:
                self.answers[question.id] = answer
                self.keep_answers()
                self.adopt()
            if not answer or not question.needed:
                passed_over.add(question.id)

    def _open(self, passed_over: set[str]) -> Iterator[Question]:
        return (question for question in self.adoption.questions if question.id not in passed_over)

    def offer_answers(self) -> None:
        """Print the open questions, and put a file to fill in beside the brief, or what it lacks on stderr."""
        from console.adoption_view import print_questions
        from foundry.adoption.answers import template_of
        from foundry.documents.writing import write_whole

        if not (open_ones := self.adoption.questions):
            return
        print_questions(open_ones, err)
        target = self.answers_file or self.kept_in
        for question in open_ones:
            if given := self.answers.get(question.id):
                err.print(f"the answer {shorten(given)} to {question.id} does not settle it; change it in {target}")
        if not (lacking := [question for question in open_ones if question.id not in self.answers]):
            return
        template = template_of(target, lacking)
        if target.exists():
            err.print(f"answer in {target}, then give the same command again; these lines are missing there:")
            say(template, err=True)
            return
        try:
            write_whole(target, template)
        except OSError as error:
            err.print(
                f"{target} cannot be written ({error.strerror}); answer in another file, and name it with --answers:"
            )
            say(template, err=True)
        else:
            err.print(f"answer in {target}, then give the same command again")

    def keep_answers(self) -> None:
        """Keep the answers beside the brief, so that nobody is asked twice."""
        from foundry.adoption.answers import keep_answers

        try:
            keep_answers(self.kept_in, self.answers, self.asked.values())
        except OSError as error:
            err.print(f"the answers are not kept: {error.filename}: {error.strerror}")

    def learn(self) -> None:
        """Keep what the answers say of all briefs of the tenant, in its profile."""
        from console.adoption_files import folder_of
        from foundry.adoption.adoption import tenant_in
        from foundry.adoption.profile import PROFILE_FILE, learn

        if (folder := folder_of(self.tenants, tenant_in(self.adoption))) is None:
            return
        try:
            if learned := learn(folder, self.answers):
                err.print(f"learned for the next brief: {len(learned.as_answers())} answers in {folder / PROFILE_FILE}")
        except OSError as error:
            err.print(f"nothing is learned: {error.filename}: {error.strerror}")


def reader_for(tenant: str, tenants: Path, cards: Path | None) -> Propose | None:
    """Return the language model that the tenant's file permits to be asked; None without one.

    Nothing depends on it, so that a card that cannot be used is said and passed over.
    """
    from foundry.tenant import load_tenant

    try:
        permitted = load_tenant(tenants, tenant).models.read
    except FoundryError:  # the plan says what is wrong with the file
        return None
    if permitted is None:
        return None
    from models.reading.proposals import LanguageModelReader
    from models.registry import card, open_registry

    try:
        found = card(permitted, "read", open_registry(cards))
        if objection := found.objection(tenant):
            raise objection
    except FoundryError as wrong:
        err.print(f"no language model is asked, though tenant {tenant} permits {permitted}: {wrong}")
        return None
    return LanguageModelReader(found)
