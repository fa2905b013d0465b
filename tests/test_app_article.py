"""An opened article: its quotes one after the other, words found in it, what is copied, and its link."""

from __future__ import annotations

import json
import webbrowser
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, make_library, marked, offered, run, running, state, until, words
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from qa.config import Config
from qa.types import Article, Citation, Published
from tui.cited import Opening
from tui.screens.article import ArticleScreen
from tui.screens.link import LinkScreen, may_open
from tui.widgets.article_text import ArticleText
from tui.widgets.sentence_list import SentenceList


async def opened(user: User) -> ArticleText:
    await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
    text = user.app.screen.query_one(ArticleText)
    await until(user, lambda: text.virtual_size.height > 0, "its lines")
    return text


def flat(text: str) -> str:
    return "".join(text.split())


def test_all_that_the_answer_cites_from_it_is_walked(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            citation = sentences.citation
            assert citation is not None
            cited = sentences.cited_in(citation.article_id, citation.version)
            assert len(cited) > 1
            await user.press("enter")
            article = await opened(user)
            seen = []
            for key in ("n", "c", "N", "n"):
                await user.press(key)
                await until(user, lambda: marked(article), "the mark")
                seen.append(flat(marked(article)))
            quotes = [flat(one.quote) for one in cited]
            assert set(seen) <= set(quotes)
            assert seen[0] != seen[1] or len(cited) == 1
            assert seen[0] == seen[2]
            assert f"of {len(cited)} of this answer" in state(user)
            await user.press("escape")
            assert sentences.has_focus
            assert sentences.citation == citation

    run(test)


def test_words_are_found_and_left_again(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await user.press("enter")
            article = await opened(user)
            quote = flat(marked(article))
            await user.press("slash", *"BARROT", "enter")
            await until(user, lambda: "1 of " in state(user), "what was found")
            assert article.has_focus
            assert marked(article).casefold() == "barrot"
            await user.press("n")
            assert "2 of " in state(user)
            await user.press("N", "N")
            last = state(user).split(" found")[0].split(" of ")
            assert last[0] == last[1] != "1"
            await user.press("c")
            await until(user, lambda: flat(marked(article)) == quote, "back at the quote")
            await user.press("slash", *"[/nope]", "enter")
            await until(user, lambda: "“[/nope]” is not in this article" in state(user), "nothing found")
            await user.press("slash", "escape")
            assert article.has_focus
            await user.press("escape")
            assert not isinstance(user.app.screen, ArticleScreen)

    run(test)


def test_the_quote_or_the_selected_words_are_copied_with_their_source(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            citation = sentences.citation
            assert citation is not None
            await user.press("enter")
            article = await opened(user)
            await user.press("y")
            await until(user, lambda: "copied the words with their source" in state(user), "the copy")
            copied = user.app.clipboard
            assert copied.startswith(f"“{' '.join(citation.quote.split())}”\n— {citation.title}, MENAFN, 2026-02-04")
            user.app.screen.selections = {article: Selection(Offset(2, 0), Offset(8, 0))}
            await user.press("y")
            assert user.app.clipboard.startswith("“French”\n")
            assert article.get_selection(SELECT_ALL) == (article._text, "\n")

    run(test)


def test_an_article_without_a_quote_says_that_there_is_nothing_to_copy(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            assert sentences.citation is not None
            user.app.screen.open_article(sentences.citation.article_id, sentences.citation.version)
            await opened(user)
            await user.press("y")
            await until(user, lambda: "there is nothing to copy" in state(user), "the refusal")
            assert not offered(user, "cited")

    run(test)


def with_link(tmp_path: Path, url: str) -> Path:
    item = {"title": "A bridge opens", "date": "2026-02-04", "url": url, "text": "The bridge of Brno opened on Monday."}
    (tmp_path / "one.jsonl").write_text(json.dumps(item) + "\n", encoding="utf-8")
    return make_library(tmp_path / "library", tmp_path / "one.jsonl")


def test_a_link_is_shown_whole_and_opened_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url, *rest, **more: went.append(url))
    url = "https://news.example/2026/bridge?page=1"
    library = with_link(tmp_path, url)

    async def test() -> None:
        async with running(Config(library=library)) as user:
            await ask(user, "When did the bridge of Brno open?")
            await user.press("enter")
            await opened(user)
            for key in ("escape", "c"):
                await user.press("u")
                await until(user, lambda: isinstance(user.app.screen, LinkScreen), "the question")
                assert "site news.example" in words(user)
                assert url in words(user)
                await user.press(key)
                assert isinstance(user.app.screen, ArticleScreen)
            assert user.app.clipboard == url
            assert went == []
            await user.press("u", "o")
            await until(user, lambda: went, "the browser")
            assert went == [url]

    run(test)


@pytest.mark.parametrize(
    ("url", "site", "opens", "warns"),
    [
        ("https://news.example@evil.example/a", "evil.example", None, "before the @ (news.example) is not the site"),
        ("https://nеws.example/a", "xn--nws-rdd.example", "https://xn--nws-rdd.example/a", "in other letters"),
        ("https://xn--nws-eed.example/", "xn--nws-eed.example", None, "in other letters"),
        ("https://faß.example:8443/ü?q#f", "fass.example", "https://fass.example:8443/ü?q#f", ""),
    ],
)
def test_the_site_that_is_shown_is_the_one_that_is_opened(
    own_seeds: Path, monkeypatch: pytest.MonkeyPatch, url: str, site: str, opens: str | None, warns: str
) -> None:
    went: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url, *rest, **more: went.append(url))

    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            assert may_open(url)
            user.app.push_screen(LinkScreen(url))
            await until(user, lambda: "Open this link" in words(user), "the question")
            assert f"site {site} │" in words(user)
            assert f"link {opens or url} │" in words(user)
            assert warns in words(user)
            assert warns or "look like" not in words(user)
            await user.press("enter")
            await until(user, lambda: went, "the browser")
            assert went == [opens or url]

    run(test)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://news.example/a", True),
        ("http://news.example:8080/a?b=c#d", True),
        ("HTTPS://NEWS.EXAMPLE/", True),
        ("https://müller.example/", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://a b.example/", False),
        ("https://news.example/\u202egnp.exe", False),
        ("https://news.example/\n", False),
        ("https://[::1", False),
        ("https://[2001:db8::1]:8443/a", True),
        ("https://evil.example\\@news.example/", False),
        ("https:\\\\evil.example/", False),
        ("https:evil.example", False),
        ("https:///evil.example/", False),
        ("https://%65vil.example/", False),
        ("https://news.example%2f@evil.example/", True),
        ("https://evil.example／@news.example/", False),
        ("https://evil.example:99999/", False),
        ("https://evil.example;news.example/", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_that_can_be_seen_whole_are_opened(url: str | None, may: bool) -> None:
    assert may_open(url) is may


def test_a_long_article_opens_at_the_quote_and_keeps_its_place(tmp_path: Path) -> None:
    lines = [f"Line {n} of the long report of the council of Brno." for n in range(8_000)]
    lines[6_000] = "The zeppelin landed in Brno at noon."
    item = {"id": "long", "title": "Long report", "date": "2026-02-04", "text": "\n".join(lines)}
    (tmp_path / "one.jsonl").write_text(json.dumps(item) + "\n", encoding="utf-8")
    text = "\n".join(lines)
    start = text.index("The zeppelin")
    quote = lines[6_000]
    cited = Citation(1, "long", 1, "Long report", None, "2026-02-04", "text", start, start + len(quote), quote)

    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            day = Published("2026-02-04", user.app.desk.shelf.as_of)
            whole = Article("long", "o", 1, "t", None, None, day, text, "0" * 64)
            user.app.push_screen(ArticleScreen(Opening(whole, cited)))
            article = await opened(user)
            await until(user, lambda: marked(article) == quote, "the quote")
            top = " ".join(article.render_line(0).text.split()[:2])
            assert top.startswith("Line 59")
            for width in (40, 100):
                await user.resize_terminal(width, 20)
                await until(user, lambda width=width: 0 < article.size.width <= width, "the new width")
                await until(user, lambda: top in article.render_line(0).text, "the same words at the top")
            await user.press("c")
            await until(user, lambda: marked(article) == quote, "the quote")

    run(test)


def test_words_cited_from_one_version_are_not_those_of_another() -> None:
    sentences = SentenceList()
    ones = [Citation(n, "a", n, "t", None, None, "text", 0, 3, "abc") for n in (1, 2)]
    sentences.items = tuple(ones)
    assert sentences.cited_in("a", 2) == (ones[1],)
