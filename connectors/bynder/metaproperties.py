"""The fields of a portal's own, and how their values are written."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from connectors.bynder.answers import Metaproperty
from connectors.bynder.judging import expect
from connectors.http.session import Session

OWN = ("name", "description", "copyright", "tags")
"""Fields that every asset has; they need no metaproperty."""


class Metaproperties:
    """The portal's metaproperties, asked for once, when the first file needs them."""

    def __init__(self, session: Session, target: str) -> None:
        self._session, self._target = session, target
        self._lock = threading.Lock()
        self._known: dict[str, Metaproperty] | None = None

    def written(self, path: str, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield the fields of a form that set metaproperties; `path` is the file's, for errors.

        A name is that of the metaproperty, also as `property_NAME`, or its id, also as `metaproperty.ID`. Choices are
        written by the ids of their options, as Bynder wants it. TargetRefused for a name that the portal does not have,
        FileRefused for a choice that it does not have.
        """
        for name, text in fields.items():
            if name not in OWN:
                found = self._named(name.removeprefix("metaproperty.").removeprefix("property_"))
                yield f"metaproperty.{found.id}", self._choices(found, path, text) if found.options else text

    def _named(self, name: str) -> Metaproperty:
        with self._lock:
            if self._known is None:
                self._known = self._asked()
            found = self._known.get(name.casefold())
        if found is None:
            remedy = f"make it there, or correct the metadata of delivery target {self._target}"
            raise self._session.refused(f"the portal has no metaproperty {name}", remedy)
        return found

    def _asked(self) -> dict[str, Metaproperty]:
        answer = expect(self._session, self._session.ask("GET", "api/v4/metaproperties/"), "read metaproperties")
        told, known = self._session.json(answer), dict[str, Metaproperty]()
        for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
            try:
                found = Metaproperty.model_validate(each)
            except ValidationError:
                raise self._session.away("a metaproperty without id") from None
            known |= {found.id.casefold(): found, found.name.casefold(): found}
        return known

    def _choices(self, found: Metaproperty, path: str, text: str) -> str:
        by_name = {word.casefold(): each.id for each in found.options for word in (each.name, each.label, each.id)}
        if text.strip().casefold() in by_name:
            return by_name[text.strip().casefold()]
        wanted = [each.strip() for each in text.split(",") if each.strip()]
        if unknown := next((each for each in wanted if each.casefold() not in by_name), None):
            what = (
                f"needs the option {unknown[:100]} of metaproperty {found.name[:100]}, which the portal does not have"
            )
            raise self._session.file_refused(path, what, "add the option there, then `foundry deliveries retry`")
        return ",".join(by_name[each.casefold()] for each in wanted)
