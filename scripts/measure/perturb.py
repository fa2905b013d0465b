"""Claims made from real sentences, faithful and false, of which it is known what was changed.

Each maker takes a sentence, its article and a seeded generator, and gives the changed sentence, or None where there is
nothing of its kind to change. It is written apart from the verifier: word lists and patterns are its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from measure import edits, rewrites
from qa.sentences import is_glued, sentence_spans, trimmed

Article = dict[str, Any]
"""{"id", "title", "date", "source", "text"}."""

_WORDS = range(9, 41)
"""Words of a sentence that is used."""
_NUMBER = re.compile(r"(?<![\w.,$£€-])(?P<sign>[$£€]?)(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w-]|[.,]\d)")
_SPELT = "two three four five six seven eight nine ten eleven twelve".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b|\b(?:{'|'.join(_MONTHS)})\b(?: \d{{1,2}}\b(?!,\d))?")
_YEAR = re.compile(r"(?<=\bin )(?:19|20)\d\d\b")
_PLACES = (
    "China Russia Iran Iraq Germany France Italy Spain Japan India Canada Mexico Brazil Israel Syria Turkey Egypt "
    "California Texas Florida Michigan Ohio Nevada Iowa Virginia Georgia Chicago Boston London Paris Beijing Wuhan "
    "Moscow Berlin Rome Tehran Baghdad Jerusalem Seattle Houston Atlanta Detroit Philadelphia"
).split()
_GIVEN = frozenset(
    """Adam Alan Alex Alexander Alexandria Amy Andrew Andy Angela Ann Anne Anthony Barack Ben Benjamin Benny Bernie
    Bill Bob Boris Brian Charles Chris Christopher Chuck Cory Dan Daniel David Deborah Donald Douglas Elizabeth
    Emily Eric Frank Gavin George Greg Hillary Hunter Ilhan Jack James Jared Jason Jeff Jennifer Jerome Jerry
    Jessica Jim Joe John Jonathan Joseph Josh Justin Kamala Karen Kevin Kirsten Kyle Larry Laura Lindsey Lisa
    Maria Mark Martin Mary Matt Matthew Michael Michelle Mike Mitch Mitt Nancy Nicholas Patrick Paul Pete Peter
    Rachel Rand Rashida Richard Rick Robert Ron Rudy Ryan Sarah Scott Sean Stephen Steve Steven Susan Ted Thomas
    Tim Tom Tony Vladimir William Xi""".split()
)
"""Given names, by which a run of two capitalised words is taken for a person."""
_NAME = re.compile(rf"\b(?:{'|'.join(sorted(_GIVEN))})(?: [A-Z]\.)? [A-Z][a-z]+[A-Z]?[a-z]+\b")
_PLACE = re.compile(rf"\b(?:{'|'.join(_PLACES)})\b(?! [A-Z])")
_AUX = re.compile(
    r"\b(?P<aux>is|are|was|were|has|have|had|will|would|can|could|should|must|did|does|do)\b"
    r"(?! (?:not|no|also|as|only|just|now|still|even|never)\b)"
)
_NOT = re.compile(r"\b(is|are|was|were|has|have|had|will|would|could|should|did|does|do) not\b")
_TURNED = (
    ("rose", "fell"), ("raised", "cut"), ("increased", "decreased"), ("increase", "decrease"), ("higher", "lower"),
    ("more than", "less than"), ("won", "lost"), ("accepted", "rejected"), ("approved", "rejected"),
    ("supports", "opposes"), ("supported", "opposed"), ("gained", "lost"), ("increasing", "decreasing"),
    ("opened", "closed"), ("strengthened", "weakened"), ("largest", "smallest"), ("highest", "lowest"),
    ("allowed", "banned"), ("begin", "end"), ("began", "ended"), ("rising", "falling"), ("expand", "shrink"),
    ("above", "below"), ("confirmed", "denied"), ("legal", "illegal"), ("joined", "left"), ("success", "failure"),
    ("improved", "worsened"), ("guilty", "innocent"), ("hired", "fired"), ("bought", "sold"), ("agreed", "refused"),
    ("praised", "criticized"), ("likely", "unlikely"), ("safe", "dangerous"), ("majority", "minority"),
)  # fmt: skip
_TURN = {one: other for pair in _TURNED for one, other in (pair, pair[::-1])}
_DIRECTION = re.compile(rf"(?<!\bthe )(?<![\w-])(?:{'|'.join(_TURN)})(?![\w-])")
_SAID = re.compile(
    r"(?P<who>[A-Z][a-z]+(?: [A-Z]\.)?(?: [A-Z][a-z]+[A-Z]?[a-z]*)?) (?:said|told|added|tweeted|wrote|argued|warned)\b"
)
_SPLIT = re.compile(r"(?<=\w) (?=(?:is|are|was|were|has|have|had|will|would|said)\b)")

Maker = Callable[[str, Article, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its evidence and what was done to it; ``kind`` "faithful …" when nothing false was."""

    kind: str
    claim: str
    evidence: tuple[Article, ...]

    @property
    def faithful(self) -> bool:
        """Whether the evidence supports the claim."""
        return self.kind.startswith("faithful")


def sentences(article: Article) -> list[str]:
    """The sentences of an article that are whole, of usual length, and hold no links run together."""
    text = article["text"]
    found = (trimmed(text, span) for span in sentence_spans(text))
    pieces = (" ".join(text[s.start : s.end].split()) for s in found)
    return [p for p in pieces if len(p.split()) in _WORDS and p[:1].isupper() and p[-1] in '.”"' and not is_glued(p)]


def cases(articles: Sequence[Article], seed: int = 1, most: int = 2) -> Iterator[Case]:
    """Up to ``most`` sentences of each article, each changed in every way it can be, and rewritten faithfully."""
    rng = random.Random(seed)
    usable = [(article, found) for article in articles if len(found := sentences(article)) > 8]
    for n, (article, found) in enumerate(usable):
        other, others = usable[(n + 1) % len(usable)]
        for sentence in rng.sample(found, min(most, len(found))):
            yield Case("faithful verbatim", sentence, (article,))
            for name, rewrite in (REWRITES | rewrites.REWRITES).items():
                if (rewritten := rewrite(sentence, article, rng)) and rewritten != sentence:
                    yield Case(f"faithful {name}", rewritten, (article,))
                    yield from _changed(rewritten, article, rng, " (rewritten)")
            yield from _changed(sentence, article, rng)
            if other is article:
                continue
            yield Case("wrong article", sentence, (other,))
            if merged := _merged(sentence, rng.choice(others)):
                yield Case("merged", merged, (article, other))


def changed_prose(claim: str, article: Article, rng: random.Random) -> Iterator[Case]:
    """A faithful sentence of another writer, rewritten and changed in every way it can be."""
    for name, rewrite in (REWRITES | rewrites.REWRITES).items():
        if (article["date"] or name != "day as date") and (made := rewrite(claim, article, rng)) and made != claim:
            yield Case(f"faithful, {name}", made, (article,))
    yield from _changed(claim, article, rng)


def _changed(sentence: str, article: Article, rng: random.Random, suffix: str = "") -> Iterator[Case]:
    for kind, make in (CHANGES | edits.CHANGES).items():
        made = make(sentence, article, rng)
        if made and made != sentence and made not in article["text"]:
            yield Case(kind + suffix, made, (article,))


# changes that make a sentence false


def new_number(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A number that the article does not have."""
    return _number(sentence, rng, lambda match: _unlike(match.group("n"), article["text"], rng))


def number_from_elsewhere(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Another number of the article, of the same kind: with the same sign or word after it."""

    def other(match: re.Match[str]) -> str | None:
        def kind(m: re.Match[str]) -> tuple[str, bool]:
            after = m.string[m.end() : m.end() + 9]
            return m.group("sign"), bool(re.match(r"\s?(?:%|percent)", after))

        found = [m.group("n") for m in _NUMBER.finditer(article["text"]) if kind(m) == kind(match)]
        choice = sorted({n for n in found if n not in sentence and not _is_year(n)})
        return rng.choice(choice) if choice else None

    return _number(sentence, rng, other)


def other_date(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Another weekday, month or year."""
    found = [*_DATE.finditer(sentence), *_YEAR.finditer(sentence)]
    if not found:
        return None
    match = rng.choice(found)
    word, _, day = match.group().partition(" ")
    if word in _DAYS:
        new = rng.choice([d for d in _DAYS if d != word])
    elif word in _MONTHS:
        new = (
            f"{word} {(int(day) + rng.randint(3, 12)) % 28 + 1}"
            if day
            else rng.choice([m for m in _MONTHS if m != word])
        )
    else:
        new = str(int(word) - rng.randint(1, 9))
    return _put(match, new)


def other_person(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A person replaced by another of the same article."""
    people = _people(article["text"])
    found = _named(sentence, people)
    rest = [p for p in people if p.split()[-1].lower() not in sentence.lower()]
    return _put(rng.choice(found), rng.choice(rest)) if found and rest else None


def new_person(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A person replaced by one whom the article does not name."""
    found = _named(sentence, _people(article["text"]))
    names = ["Helen Brandt", "Omar Castillo", "Peter Lindqvist", "Grace Mbeki", "Tomas Novak", "Irene Falk"]
    return _put(rng.choice(found), rng.choice(names)) if found else None


def _named(sentence: str, people: Sequence[str]) -> list[re.Match[str]]:
    """Where people stand by their full names, or by their last alone; the case of letters aside."""
    either = "|".join(re.escape(name) for person in people for name in (person, person.split()[-1]))
    return list(re.finditer(rf"\b(?:{either})\b", sentence, re.I)) if either else []


def other_place(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A country, state or city replaced by another."""
    found = [m for m in _PLACE.finditer(sentence) if not re.search(r"[A-Z]\w* $", sentence[: m.start()])]
    choice = [p for p in _PLACES if p not in sentence]
    return _put(rng.choice(found), rng.choice(choice)) if found else None


def negated(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A "not" put in after an auxiliary verb outside quotations, or taken out."""
    if match := _NOT.search(sentence):
        return _put(match, match.group(1))
    found = [m for m in _AUX.finditer(sentence) if sentence[: m.start()].count('"') % 2 == 0]
    return _put(found[0], f"{found[0].group('aux')} not") if found else None


def turned(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A word of direction replaced by its opposite."""
    found = list(_DIRECTION.finditer(sentence))
    return _put(match := rng.choice(found), _TURN[match.group()]) if found else None


def other_speaker(sentence: str, article: Article, rng: random.Random) -> str | None:
    """What somebody said given to another person of the article."""
    match = _SAID.search(sentence)
    if not match or match.group("who").split()[0] in {"He", "She", "They", "It", "We"}:
        return None
    rest = [p for p in _people(article["text"]) if p.split()[-1] not in sentence]
    return _put(match, rng.choice(rest), "who") if rest else None


def _merged(sentence: str, other: str) -> str | None:
    """The subject of one sentence with the predicate of another."""
    one, two = _SPLIT.search(sentence), _SPLIT.search(other)
    if not one or not two or one.start() > 60 or two.start() > 60:
        return None
    return f"{sentence[: one.start()]} {other[two.end() :]}"


CHANGES: dict[str, Maker] = {
    "new number": new_number,
    "number from elsewhere": number_from_elsewhere,
    "date": other_date,
    "person": other_person,
    "new person": new_person,
    "place": other_place,
    "negated": negated,
    "direction": turned,
    "speaker": other_speaker,
}


# rewrites that keep it true


def attributed_first(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X, Y said." as "According to Y, X."."""
    match = re.fullmatch(r"(?P<what>[^\"“”]+), (?P<who>(?:[A-Z][\w.]+ ?){1,3}) said\.", sentence)
    return f"According to {match['who']}, {match['what'][0].lower()}{match['what'][1:]}." if match else None


def without_aside(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Without what stands in brackets or in a clause of "which" or "who"."""
    shorter = re.sub(r" \([^)]*\)|, (?:who|which) [^,\"“”]+,|, (?:who|which) [^,\"“”]+(?=\.$)", "", sentence)
    return shorter if shorter != sentence else None


def other_number_words(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Numbers and units in another spelling."""
    other = (
        re.sub(r"(?<=\d)%", " percent", sentence) if "%" in sentence else re.sub(r"(?<=\d) percent\b", "%", sentence)
    )
    other = re.sub(r"\$(\d[\d.]*) million\b", r"\1 million dollars", other)
    spelt = {str(n): word for n, word in enumerate(_SPELT, 2)}
    other = re.sub(
        r"(?<![\w.,$€£-])(\d{1,2})(?= [a-z]{4,})(?! (?:million|billion|percent))",
        lambda m: spelt.get(m[1], m[1]),
        other,
    )
    return other if other != sentence else None


def day_as_date(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "on Tuesday" as the date it was, seen from the article's day."""
    match = re.search(rf"\bon (?P<day>{'|'.join(_DAYS)})\b", sentence)
    if not match:
        return None
    published = date.fromisoformat(article["date"])
    day = published - timedelta((published.weekday() - _DAYS.index(match["day"])) % 7)
    return _put(match, f"{_MONTHS[day.month - 1]} {day.day}", "day")


def last_names(sentence: str, article: Article, rng: random.Random) -> str | None:
    """People by their last names alone."""
    people = _people(article["text"])
    return _NAME.sub(lambda m: m.group().split()[-1] if m.group() in people else m.group(), sentence)


def in_other_words(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Common words replaced by others of the same meaning."""
    pairs = {
        "about": "roughly", "said": "stated", "however": "yet", "began": "started", "after": "following",
        "many": "numerous", "because": "since", "help": "assist", "people": "individuals", "show": "indicate",
        "including": "among them", "officials": "authorities", "big": "large", "died": "passed away",
        "although": "even though", "several": "a number of", "huge": "enormous", "nearly": "almost", "purchase": "buy",
    }  # fmt: skip
    return re.sub(r"\b(?:" + "|".join(pairs) + r")\b", lambda m: pairs[m.group()], sentence)


REWRITES: dict[str, Maker] = {
    "attribution first": attributed_first,
    "without aside": without_aside,
    "number words": other_number_words,
    "day as date": day_as_date,
    "last names": last_names,
    "other words": in_other_words,
}


def _number(sentence: str, rng: random.Random, new: Callable[[re.Match[str]], str | None]) -> str | None:
    found = [m for m in _NUMBER.finditer(sentence) if not _is_year(m.group("n")) and not _is_day(m)]
    if not found:
        return None
    match = rng.choice(found)
    replacement = new(match)
    return _put(match, replacement, "n") if replacement else None


def _unlike(number: str, text: str, rng: random.Random) -> str:
    value = float(number.replace(",", ""))
    most = 2
    while True:
        most += 1
        changed = value * rng.choice((0.4, 0.6, 0.8, 1.3, 1.7, 2.5)) + rng.randint(1, most)
        told = (
            f"{changed:.{len(number.partition('.')[2])}f}"
            if "." in number
            else f"{round(changed):,}"
            if "," in number
            else str(round(changed))
        )
        if not re.search(rf"\b{re.escape(told)}\b", text):
            return told


def _is_year(number: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", number))


def _is_day(match: re.Match[str]) -> bool:
    return bool(re.search(rf"(?:{'|'.join(m[:3] for m in _MONTHS)})[a-z]*\.? $", match.string[: match.start()]))


def _people(text: str) -> list[str]:
    """Full names whose last word also stands alone in the text: people more often than not."""
    alone = set(re.findall(r"(?<![A-Z][a-z] )(?<=[a-z,.] )([A-Z][a-z]+[A-Z]?[a-z]+)(?= [a-z]|[,.’'])", text))
    found = {m.group() for m in _NAME.finditer(text)}
    return sorted(name for name in found if name.split()[-1] in alone)


def _put(match: re.Match[str], new: str, group: str | int = 0) -> str:
    start, end = match.span(group)
    return match.string[:start] + new + match.string[end:]
