"""An opened article, scrolled to the words that were cited."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Footer, Static

from qa.render import show_line
from qa.types import Article, Citation
from tui import wording
from tui.screens.leaving import Page
from tui.widgets.article_text import ArticleText


class ArticleScreen(Page[None]):
    """One version of an article. Esc goes back to where it was opened from."""

    CSS_PATH = "article.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("q", "dismiss", "Back", show=False),
    ]

    def __init__(self, article: Article, citation: Citation | None = None) -> None:
        """Show ``article``; ``citation``, when given, is one of its own."""
        super().__init__()
        self.article = article
        self.citation = citation

    def compose(self) -> ComposeResult:
        """The headline with what is known of the article, then its text."""
        cited = self.citation
        mark = (cited.start, cited.end) if cited and cited.field == "text" else (0, 0)
        yield Static(self._header(), markup=False, id="headline")
        yield ArticleText(self.article.text, mark)
        yield Footer()

    def _header(self) -> Content:
        article, cited = self.article, self.citation
        title = Content.styled(show_line(article.title), "bold")
        if cited and cited.field == "title":
            title = title.stylize("reverse", cited.start, cited.end)
        published = article.published.iso if article.published else None
        known = [article.source or "source unknown", wording.when(published)]
        known += [article.url] if article.url else []
        known.append(f"version {article.version}" if article.version > 1 else "")
        return Content("\n").join([title, wording.line(" · ".join(part for part in known if part), "dim")])
