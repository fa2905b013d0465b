"""The forms in which a briefing is written, and the endings of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qa.render.briefings.data import briefing_json
from qa.render.briefings.markdown import briefing_markdown
from qa.render.briefings.page import briefing_html
from qa.render.briefings.text import briefing_text
from qa.render.forms import dumps
from qa.types import Briefing

_FORMS: Mapping[str, Callable[[Briefing], str]] = {
    "md": briefing_markdown,
    "html": briefing_html,
    "json": lambda briefing: dumps(briefing_json(briefing)) + "\n",
    "text": briefing_text,
}
BRIEFING_FORMS = {"md": "md", "markdown": "md", "html": "html", "htm": "html", "json": "json", "txt": "text"}
"""The form of a file by its ending."""


def briefing_as(form: str, briefing: Briefing) -> str:
    """A briefing in one of the forms of ``BRIEFING_FORMS``."""
    return _FORMS[form](briefing)
