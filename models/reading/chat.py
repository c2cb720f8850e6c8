"""The protocol of OpenAI's chat completions, which many vendors and local servers speak: one question, one answer.

`POST {url}/chat/completions` with JSON.
"""

from __future__ import annotations

from connectors.http.exchange import HttpAnswer
from models.remote.billing import charged_micro_usd
from models.remote.connection import Connection, json_of
from models.remote.effort import Effort
from models.remote.refusals import Transient

ANSWER_BYTES = 1 << 20


def ask(messages: list[dict[str, str]], connection: Connection, effort: Effort) -> str:
    """Return the text that a chat model answers to messages of role and content; it is asked again after a fault."""
    home, model = connection.reach.home, connection.api.model
    url = home.copy_with(path=home.path.rstrip("/") + "/chat/completions")
    content = {"messages": messages, "temperature": 0, "stream": False}
    request = connection.request("POST", url, json={**content, "model": model} if model else content)

    def ask_once() -> str:
        return _text_in(connection.order(request, effort, ANSWER_BYTES), connection, effort)

    return effort.repeat("reading", ask_once)


def _text_in(answer: HttpAnswer, connection: Connection, effort: Effort) -> str:
    content = json_of(answer)
    effort.add_charge(charged_micro_usd(content, connection.api.charges))
    choices = content.get("choices") if isinstance(content, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    text = message.get("content") if isinstance(message, dict) else None
    if not isinstance(text, str):
        raise Transient("the answer holds no text")
    return text
