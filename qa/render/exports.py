"""The forms in which a conversation is exported, by the ending of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qa.render.forms import dumps
from qa.render.page import exported_html
from qa.render.transcript import exported_json, exported_markdown
from qa.types import Conversation, Turn

_FORMS: Mapping[str, Callable[[Conversation, Sequence[Turn]], str]] = {
    "md": exported_markdown,
    "html": exported_html,
    "json": lambda told, turns: dumps(exported_json(told, turns)) + "\n",
}
EXPORTS = tuple(_FORMS)


def exported(form: str, told: Conversation, turns: Sequence[Turn]) -> str:
    """A conversation in one of the forms of ``EXPORTS``."""
    return _FORMS[form](told, turns)
