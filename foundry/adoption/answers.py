"""Answers to the questions of an adoption: a YAML file of question and answer beside the brief."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from foundry.adoption.leaf import Leaf, MapNode
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Question
from foundry.adoption.seeing import see_bytes
from foundry.adoption.understanding.answers import LEFT_OUT, MEANING_ID, meaning_of
from foundry.documents import read_bytes
from foundry.documents.limits import SETTINGS
from foundry.documents.writing import write_whole, yaml_text
from foundry.errors import BadInput, FoundryError, shorten, visible

ENDING = ".answers.yaml"
_LONG_LINE = 1_000_000
_REMEDY = "write one `question: answer` a line"


def answers_beside(path: Path) -> Path:
    """Return the path at which the answers for a brief are kept: `spring.answers.yaml` beside `spring.json`."""
    return path.with_name(path.stem + ENDING)


def read_answers(path: Path) -> dict[str, str]:
    """Return the answers of a YAML file by the ids of their questions, each as it stands there.

    Questions without an answer are left out. FoundryError for a file that is not a list of answers.
    """
    return _answers_in(read_bytes(path, SETTINGS, where=path.name, code="bad_brief"), path.name)


def faults_in(answers: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each answer that gives a key a meaning which there is not."""
    for name, answer in answers.items():
        said = answer.strip().casefold()
        if name.startswith(MEANING_ID) and meaning_of(said) is None and said not in LEFT_OUT:
            yield f"{shorten(answer)}, the answer to {name}, is no meaning; write one of {', '.join(Meaning)}"


def keep_answers(path: Path, answers: Mapping[str, str], questions: Iterable[Question]) -> None:
    """Write the answers into the file, whole; what else stands in it, comments among it, stays where that is possible.

    `questions` are those that were asked; each explains its answer in a comment.
    """
    known = read_answers(path) if path.exists() else {}
    fresh = {name: answer for name, answer in answers.items() if known.get(name) != answer}
    if not fresh:
        return
    asked = {question.id: question for question in questions}
    text = path.read_text(encoding="utf-8-sig") if path.exists() else _head(path)
    for name, answer in fresh.items():
        text = _with_entry(text, name, answer, known.get(name, ""), asked.get(name))
    if not _says(text, {**known, **fresh}):  # an old entry is written in a way that is not found again
        text = _head(path)
        for name, answer in {**known, **fresh}.items():
            text = _with_entry(text, name, answer, "", asked.get(name))
    write_whole(path, text)


def template_of(path: Path, questions: Iterable[Question]) -> str:
    """Return the content of an answers file for these questions, each with its choices, to be filled in."""
    text = _head(path)
    for question in questions:
        text = _with_entry(text, question.id, "", "", question)
    return text


def _answers_in(data: bytes, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for document in see_bytes(data, "answers.yaml").documents:
        if not isinstance(document, MapNode):
            raise BadInput(name, f"holds no answers; {_REMEDY}")
        for question, answer in document.entries:
            if not isinstance(answer, Leaf):
                raise BadInput(f"{name}: {shorten(question)}", f"is no answer but a list or a map; {_REMEDY}")
            found[question] = answer.text
    return found


def _says(text: str, answers: Mapping[str, str]) -> bool:
    try:
        return _answers_in(text.encode(), "answers") == answers
    except FoundryError:
        return False


def _head(path: Path) -> str:
    name = visible(path.name.removesuffix(ENDING))
    return f"# Answers to the questions about {name}; `foundry brief adopt` reads them with it.\n"


def _with_entry(text: str, name: str, answer: str, before: str, question: Question | None) -> str:
    """Return the text with the answer in the place of the one before, or at its end, below the question."""
    old = _entry(name, before)
    at = text.find("\n" + old)
    if at >= 0:
        return text[: at + 1] + _entry(name, answer) + text[at + 1 + len(old) :]
    return f"{text.rstrip()}\n{_comment(question)}{_entry(name, answer)}"


def _entry(name: str, answer: str) -> str:
    return yaml_text({name: answer}, width=_LONG_LINE)


def _comment(question: Question | None) -> str:
    if question is None:
        return ""
    lines = [question.text, *(f"  {choice.value}: {choice.label}" for choice in question.choices)]
    if question.default:
        lines.append(f"  without an answer: {question.default}")
    return "\n" + "".join(f"# {visible(line)}\n" for line in lines)
