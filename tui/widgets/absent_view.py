""" "Not in your articles": a designed answer, with the window searched and the nearest evidence."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from qa.types import Answer
from tui import wording
from tui.widgets.sentence_list import Heading, Item, SentenceList


class AbsentView(Vertical):
    """Says that the articles do not answer, and shows what came closest."""

    DEFAULT_CSS = """
    AbsentView > Static { height: auto; padding: 0 1 1 1; }
    """

    def compose(self) -> ComposeResult:
        """What was searched, then the nearest evidence."""
        yield Static(markup=False)
        yield SentenceList(id="nearest")

    @property
    def evidence(self) -> SentenceList:
        """The list of nearest evidence."""
        return self.query_one(SentenceList)

    def show(self, answer: Answer) -> None:
        """Show what ``answer`` found instead of an answer."""
        query = answer.query
        lines = [
            Content.styled(
                "Not in your articles" if answer.complete else "Cut short before an answer", "bold $text-warning"
            ),
            wording.line(f"Question: {answer.question}"),
            wording.line(
                f"Searched: {'' if answer.searched is None else f'{answer.searched:,} article(s), '}"
                f"{wording.window(query.window)}, nothing newer than {query.as_of}"
            ),
        ]
        if query.sources:
            lines.append(wording.line("Sources: " + ", ".join(query.sources)))
        self.query_one(Static).update(Content("\n").join(lines))
        outside = [citation for citation in answer.nearest if citation.article_id in answer.beyond]
        inside = [citation for citation in answer.nearest if citation.article_id not in answer.beyond]
        items: list[Item] = [Heading("Nearest evidence, outside the window"), *outside] if outside else []
        if inside or not outside:
            items += [Heading("Nearest evidence" if inside else "Nothing near it was found"), *inside]
        if answer.claims:
            items += [Heading("What the model wrote, which the articles do not support"), *answer.claims]
        self.evidence.show(items)
