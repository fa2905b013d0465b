"""robots.txt as RFC 9309 says, examples of its sections 2.2 and 5 among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.robots import parse

EXAMPLE = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("name", "path", "allowed"),
    [
        ("other", "/example/page.html", False),
        ("other", "/publications/x.html", True),
        ("other", "/pictures/a.gif", False),
        ("other", "/pictures/a.gif?x", True),
        ("FooBot", "/example/page.html", True),
        ("foobot", "/anything", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/example/other.html", True),
        ("quxbot", "/example/page.html", True),
    ],
)
def test_the_example_of_the_standard(name: str, path: str, allowed: bool) -> None:
    assert parse(EXAMPLE, name).allows(path) is allowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /p\nAllow: /page", "/page/x", True),
        ("Disallow: /page\nAllow: /p", "/page/x", False),
        ("Disallow: /ä", "/%C3%A4", False),
        ("Disallow: /a*b*c", "/a-b-c-d", False),
        ("Disallow: /a*b$", "/a-b-b", False),
        ("Disallow: /a*b$", "/a-b-c", True),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/x", True),
        ("Disallow:", "/", True),
        ("# Disallow: /", "/", True),
        ("Disallow: / # all", "/", False),
        ("disallow : /x", "/x", False),
        ("nonsense\n<html>", "/", True),
    ],
)
def test_rules(rules: str, path: str, allowed: bool) -> None:
    assert parse(f"User-agent: *\n{rules}", "newsdesk").allows(path) is allowed


def test_a_delay_is_taken_and_bounded() -> None:
    assert parse("User-agent: *\nCrawl-delay: 2.5", "newsdesk").delay == 2.5
    assert parse("User-agent: *\nCrawl-delay: 9999", "newsdesk").delay == 30.0
    assert parse("User-agent: *\nCrawl-delay: soon", "newsdesk").delay == 0.0
    assert parse("User-agent: *\nCrawl-delay: 9\nUser-agent: newsdesk/2\nAllow: /", "Newsdesk").delay == 0.0


def test_rules_without_a_group_are_for_nobody() -> None:
    assert parse("Disallow: /", "newsdesk").allows("/x")


@given(st.text(), st.text())
def test_any_text_is_read(text: str, path: str) -> None:
    parse(text, "newsdesk").allows(f"/{path}")


def test_stars_do_not_multiply_the_work() -> None:
    rules = parse("User-agent: *\nDisallow: /" + "*a" * 900 + "b$", "newsdesk")
    assert rules.allows("/" + "a" * 100_000)
