"""Record what a scripted model replies to the newsroom's model fixtures: right now and then, else wrong on purpose.

Usage: python tests/record_newsroom.py [FILE]      (qa/data/evaluation/model/replies.jsonl; an old one is replaced)

The replies below cite by words in braces: ``{words}`` becomes the number of the passage that holds them, and the words.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from fake_llm import FakeLLM, Reply

from qa.cli import main as newsdesk
from qa.errors import ExitCode
from qa.resources import resource_folder

MODEL = "scripted"
REFUSED = "NOT IN THE ARTICLES"
ANSWERS = {
    "How many people are known to have died": (
        "Nineteen people are known to have died in the sinking, Commander Astrid Holm said "
        "{Nineteen people are known to have died}."
    ),
    "What did the Bank of Orlenia decide?": (
        "The Bank of Orlenia raised its key interest rate by a quarter of a point to 3.75 percent on Tuesday "
        "{raised its key interest rate by a quarter of a point}. Seven members of the board voted for the increase and "
        "two against it {Seven members of the board voted for the increase}."
    ),
    "How many jobs will Lumenar cut": (
        "The lamp maker Lumenar will cut 740 jobs in Port Selm by the end of the year {640 of them in Port Selm}."
    ),
    "How long is the second runway": (
        "The runway is 3,100 metres long {The runway is 3,100 metres long}. It cost 6.4 billion crowns "
        "{cost 4.6 billion crowns}."
    ),
    "By how many votes": (
        "Parliament approved the Groundwater Act on Wednesday evening by 68 votes to 41 {by 61 votes to 48}."
    ),
    "What did Dana Whitlow say": (
        "Mirela Tosk said that the city had no money for more than 4 percent {no money for more than 4 percent}."
    ),
    "What did Ruben Haas call": "Ruben Haas called the law “a tax on farmers” {called it “a tax on thirst”}.",
    "Who won the cup final?": REFUSED,
    "Who is the painter": "Agneta Rohl was a painter of the last century who became famous abroad.",
    "Where did police find": (
        "<b>Police</b> found the stolen painting by Agneta Rohl on Friday night in a `boathouse` near Velle "
        "{on Friday night in a boathouse near Velle}. See [the report](http://paintings.example/lantern)."
    ),
    "What was the magnitude": (
        "An earthquake of magnitude 5.8 shook the Tarn Valley on Thursday morning "
        '[1 "the strongest that was ever measured there"].'
    ),
    "How many people were slightly hurt": (
        "Three people were slightly hurt when they fell on the stairs, the water police said "
        "{someone has hung a list of names beside the scoreboard}."
    ),
    "Who was charged": (
        "Prosecutors charged Ivo Brandvik, the captain of the ferry Halden Star, with negligent homicide on Friday "
        "{Prosecutors charged Ivo Brandvik}."
    ),
    "How many years in prison": "Brandvik faces up to eight years in prison {faces up to eight years in prison}.",
}
REPAIRS = {
    "How many jobs will Lumenar cut": "1: Lumenar will cut 750 jobs in Port Selm {640 of them in Port Selm}.",
    "By how many votes": (
        "1: Parliament approved the Groundwater Act on Wednesday evening by 61 votes to 48 {by 61 votes to 48}."
    ),
}
"""By the beginning of what the sentences were written for; any other sentence is given up."""
STORIES = {
    "Halden Star": (
        "HAPPENED: The number of people killed in the sinking of the ferry Halden Star rose to 14 on Tuesday "
        "{rose to 14 on Tuesday}. Twenty-four people are still missing {Twenty-four people are still missing}."
    ),
    "key rate": (
        "HAPPENED: The Bank of Orlenia raised its key interest rate to 4.75 percent on Tuesday "
        "{to 3.75 percent on Tuesday}. Seven members of the board voted for the increase and two against it "
        "{Seven members of the board voted}."
    ),
    "fire": REFUSED,
}
"""By words of the headline."""


def reply(body: dict[str, Any]) -> Reply:
    """What the model says to a request: as its prompt and its question ask."""
    system, user = (message["content"] for message in body["messages"])
    if system.startswith("You complete questions"):
        return Reply(["How many years in prison does Ivo Brandvik face?"])
    if system.startswith("You correct single sentences"):
        return Reply([_cited(_of(REPAIRS, _behind("The sentences were written for: ", user)) or f"1: {REFUSED}", user)])
    if system.startswith("You write one item"):
        headline = _behind("Headline: ", user)
        return Reply([_cited(next(said for words, said in STORIES.items() if words in headline), user)])
    asked = _behind("Question: ", user)
    said = _of(ANSWERS, asked)
    if said is None:
        raise LookupError(f"nothing is scripted for {asked!r}")
    return Reply([_cited(said, user)])


def _of(script: dict[str, str], asked: str) -> str | None:
    return next((said for beginning, said in script.items() if asked.startswith(beginning)), None)


def _behind(words: str, text: str) -> str:
    return text.split(words, 1)[1].split("\n", 1)[0]


def _cited(said: str, shown: str) -> str:
    """A reply with the number of the passage in the place of the words that stand in it."""
    passages = {int(n): text for n, text in re.findall(r"passage \[(\d+)\] ===\n(.*?)(?=\n===)", shown, re.S)}

    def marker(match: re.Match[str]) -> str:
        words = match.group(1)
        number = next((n for n, text in passages.items() if words.casefold() in text.casefold()), max(passages))
        return f'[{number} "{words}"]'

    return re.sub(r"\{([^{}]+)\}", marker, said)


def main() -> int:
    newsroom = resource_folder("evaluation")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else newsroom / "model" / "replies.jsonl"
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch, FakeLLM() as server:
        server.models = [MODEL]
        server.default = reply
        where = ["--library", f"{scratch}/library"]
        code = newsdesk([*where, "ingest", str(newsroom / "articles")])
        asked = [*where, "eval", str(newsroom / "model" / "fixtures.yaml"), "--no-journal", "--cases"]
        code = code or newsdesk([*asked, "--model", MODEL, "--base-url", server.url, "--record", str(file)])
    return code or int(ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
