"""What a reader sees: answers, briefings, hits and reports as text, Markdown and JSON. Everything passes ``show``."""

from qa.clean import show, show_line
from qa.render.forms import (
    answer_json,
    article_json,
    briefing_json,
    checked_json,
    dumps,
    error_json,
    evaluation_json,
    report_json,
    retrieved_json,
    sync_json,
)
from qa.render.markdown import briefing_markdown
from qa.render.text import (
    BADGES,
    answer_text,
    article_text,
    attribution,
    checked_text,
    evaluation_text,
    order_words,
    report_text,
    retrieved_text,
    sync_text,
    window_words,
)

__all__ = [
    "BADGES",
    "answer_json",
    "answer_text",
    "article_json",
    "article_text",
    "attribution",
    "briefing_json",
    "briefing_markdown",
    "checked_json",
    "checked_text",
    "dumps",
    "error_json",
    "evaluation_json",
    "evaluation_text",
    "order_words",
    "report_json",
    "report_text",
    "retrieved_json",
    "retrieved_text",
    "show",
    "show_line",
    "sync_json",
    "sync_text",
    "window_words",
]
