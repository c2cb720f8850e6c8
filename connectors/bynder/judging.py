"""What a status of Bynder means for a delivery."""

from __future__ import annotations

from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session

ROLES = "give the user of the sign-in the rights to read, upload, edit and archive assets"
NOT_THIS_FILE = frozenset({400, 409, 413, 415, 422})


def expect(session: Session, answer: HttpAnswer, doing: str, path: str = "") -> HttpAnswer:
    """Return an answer that is a success, or raise what it means.

    `doing` completes "may not ..." and "could not ...". path: the file's, if a refusal is about one file.
    """
    if 200 <= answer.status < 300:
        return answer
    if answer.status == 403:
        raise session.refused(f"the sign-in may not {doing} ({session.reason(answer)})", ROLES)
    if path and answer.status in NOT_THIS_FILE:
        raise session.file_refused(path, f"is not taken ({session.reason(answer)})", "look at the file and its words")
    raise session.away(f"could not {doing} ({session.reason(answer)})")
