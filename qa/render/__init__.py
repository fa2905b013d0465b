"""What a reader sees: answers, briefings, hits and reports as text, Markdown and JSON. Everything passes ``show``.

The forms of an evaluation are in ``qa.render.evaluations``, which needs numpy: whoever shows one imports them there.
"""

from qa.clean import show, show_line
from qa.render.briefings import BRIEFING_FORMS, briefing_as
from qa.render.briefings.contrast import contrast_json, contrast_text
from qa.render.briefings.data import briefing_json
from qa.render.briefings.linear import briefing_linear
from qa.render.briefings.markdown import briefing_markdown
from qa.render.briefings.page import briefing_html
from qa.render.briefings.text import briefing_text
from qa.render.copied import copied_answer, copied_quote, copied_story
from qa.render.differences import conflict_words
from qa.render.exports import EXPORTS, exported
from qa.render.fates import fate_words, fates_text, quotes_in
from qa.render.followed import added_json, added_text, followed_json, followed_notes, followed_text
from qa.render.forms import (
    answer_json,
    article_json,
    checked_json,
    conversation_json,
    dumps,
    edition_json,
    error_json,
    recheck_json,
    report_json,
    retrieved_json,
    sync_json,
    turn_json,
)
from qa.render.linear import (
    Linear,
    answer_linear,
    conversations_linear,
    hits_linear,
    opened_linear,
    turn_linear,
    why_linear,
)
from qa.render.page import exported_html
from qa.render.questions import HEADING, SHAPES, news_words, question_json, question_words, questions_text
from qa.render.quotes import plain_words, quotes_csv, quotes_json, quotes_text, speaker_words
from qa.render.readback import Exported, Sentence, read_export
from qa.render.standing import (
    STANDINGS,
    changed,
    changed_counts,
    changes,
    edition_days,
    edition_words,
    editions_text,
    revision_words,
    shortened,
    standing_words,
)
from qa.render.stories import grouping_json, grouping_text
from qa.render.text import (
    BADGES,
    answer_text,
    article_text,
    attribution,
    checked_text,
    conversation_text,
    conversations_text,
    copies_words,
    correction_words,
    cost_words,
    dollars,
    followup_words,
    order_words,
    problems_text,
    recheck_text,
    rechecked_text,
    report_text,
    retrieved_text,
    sync_text,
    window_words,
)
from qa.render.timetable import WEEKDAYS, Timetable, timetable_json, timetable_text
from qa.render.transcript import exported_json, exported_markdown
from qa.render.trec import run_file
from qa.render.versions import differing

__all__ = [
    "BADGES",
    "BRIEFING_FORMS",
    "EXPORTS",
    "HEADING",
    "SHAPES",
    "STANDINGS",
    "WEEKDAYS",
    "Exported",
    "Linear",
    "Sentence",
    "Timetable",
    "added_json",
    "added_text",
    "answer_json",
    "answer_linear",
    "answer_text",
    "article_json",
    "article_text",
    "attribution",
    "briefing_as",
    "briefing_html",
    "briefing_json",
    "briefing_linear",
    "briefing_markdown",
    "briefing_text",
    "changed",
    "changed_counts",
    "changes",
    "checked_json",
    "checked_text",
    "conflict_words",
    "contrast_json",
    "contrast_text",
    "conversation_json",
    "conversation_text",
    "conversations_linear",
    "conversations_text",
    "copied_answer",
    "copied_quote",
    "copied_story",
    "copies_words",
    "correction_words",
    "cost_words",
    "differing",
    "dollars",
    "dumps",
    "edition_days",
    "edition_json",
    "edition_words",
    "editions_text",
    "error_json",
    "exported",
    "exported_html",
    "exported_json",
    "exported_markdown",
    "fate_words",
    "fates_text",
    "followed_json",
    "followed_notes",
    "followed_text",
    "followup_words",
    "grouping_json",
    "grouping_text",
    "hits_linear",
    "news_words",
    "opened_linear",
    "order_words",
    "plain_words",
    "problems_text",
    "question_json",
    "question_words",
    "questions_text",
    "quotes_csv",
    "quotes_in",
    "quotes_json",
    "quotes_text",
    "read_export",
    "recheck_json",
    "recheck_text",
    "rechecked_text",
    "report_json",
    "report_text",
    "retrieved_json",
    "retrieved_text",
    "revision_words",
    "run_file",
    "shortened",
    "show",
    "show_line",
    "speaker_words",
    "standing_words",
    "sync_json",
    "sync_text",
    "timetable_json",
    "timetable_text",
    "turn_json",
    "turn_linear",
    "why_linear",
    "window_words",
]
