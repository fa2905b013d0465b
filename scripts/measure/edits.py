"""A second family of changes, made in other ways and with other words than ``perturb``'s: what a checker
learns by heart from one family it shows by failing on the other.

Each maker takes a sentence, its article and a seeded generator, and gives the changed sentence, or None.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

Article = dict[str, Any]
Maker = Callable[[str, Article, random.Random], str | None]

_PAST = dict(
    pair.split("/")
    for pair in """won/win lost/lose left/leave took/take gave/give made/make went/go came/come saw/see found/find
    became/become began/begin led/lead told/tell met/meet sent/send spent/spend built/build bought/buy sold/sell
    paid/pay held/hold kept/keep felt/feel fell/fall rose/rise broke/break chose/choose wrote/write drove/drive
    flew/fly grew/grow knew/know ran/run struck/strike beat/beat hit/hit cut/cut killed/kill reported/report
    called/call asked/ask claimed/claim denied/deny died/die used/use joined/join moved/move played/play
    scored/score released/release revealed/reveal released/release arrested/arrest charged/charge planned/plan
    announced/announce agreed/agree started/start ended/end helped/help showed/show received/receive failed/fail
    opened/open closed/close visited/visit signed/sign attacked/attack returned/return warned/warn offered/offer
    suffered/suffer escaped/escape confirmed/confirm rejected/reject voted/vote increased/increase admitted/admit
    appeared/appear discovered/discover published/publish launched/launch decided/decide managed/manage
    reached/reach survived/survive married/marry posted/post earned/earn crashed/crash""".split()
)
_PAST_VERB = re.compile(rf"(?<=[a-z] )(?<!\bto )(?<!\bbe )(?P<v>{'|'.join(_PAST)})(?= (?!by\b|in a\b)[a-z0-9$£A-Z])")
_PASSIVE = re.compile(r"(?:\b(?:was|were|been|be|is|are|being|has|have|had|which|by|of|\w+ly)|,) $")
_BE = re.compile(r"\b(?P<be>is|are|was|were)(?= (?!not\b|no\b|also\b|n't)[a-z])")
_WITH = re.compile(r"\b(?P<aux>has|have|had|will|would|could|can|should)(?= (?!not\b|no\b|n't|to\b|a\b|the\b)[a-z])")
_TAKEN = re.compile(r"\b(?P<verb>did|do|does|is|are|was|were|has|have|had|will|would|could|can) (?:not|never)\b")
_SHORT = re.compile(r"\b(?P<verb>did|do|does|is|are|was|were|has|have|had|would|could)n['’]t\b")

_OTHER_WAY = """climbed/slid surged/slumped soared/tumbled jumped/plunged advanced/retreated expanded/contracted
    rallied/sank swelled/dwindled widened/narrowed mounted/eased accelerated/slowed doubled/halved strengthened/weakened
    improved/deteriorated boosted/dented lifted/lowered raised/lowered grew/shrank rose/dipped increased/dropped
    gained/shed added/lost up/down higher/lower more/fewer upward/downward growth/slump surge/slump rise/drop
    increase/drop gains/losses gain/loss boom/bust profit/loss profits/losses inflow/outflow record/modest
    tightened/loosened hardened/softened escalated/calmed intensified/abated heated/cooled backed/fought
    endorsed/rebuffed welcomed/denounced hailed/slammed applauded/condemned embraced/shunned upheld/overturned
    passed/scrapped adopted/discarded cleared/implicated acquitted/convicted freed/imprisoned released/detained
    hired/sacked promoted/demoted appointed/ousted admitted/barred granted/withheld permitted/forbade
    encouraged/deterred eased/tightened opened/shut unveiled/hid accepted/declined agreed/balked won/forfeited
    conquered/surrendered victory/defeat triumph/defeat success/flop optimistic/gloomy confident/doubtful
    friendly/hostile ally/foe friend/foe strong/feeble safe/hazardous stable/volatile wealthy/poor cheap/costly
    hot/freezing heavy/light early/late earlier/later before/after above/below over/under inside/outside north/south
    northern/southern east/west eastern/western first/last best/worst biggest/smallest largest/tiniest oldest/youngest
    highest/lowest fastest/slowest longest/shortest male/female man/woman men/women boy/girl father/mother
    husband/wife son/daughter brother/sister arrived/departed entered/exited buy/sell bought/sold borrowed/lent
    gave/took sent/received import/export imports/exports attack/defend attacked/defended arrived/left love/hate
    loved/hated remember/forget alive/dead survived/perished born/died guilty/blameless innocent/culpable
    beginning/end start/finish begins/ends launched/cancelled increase/reduction rising/sliding falling/climbing
    decline/upturn declined/climbed fell/climbed dropped/advanced plunged/rebounded cut/boosted reduced/raised
    slashed/hiked shrank/swelled banned/authorised blocked/enabled opposed/championed
    criticized/lauded criticised/lauded rejected/embraced denied/acknowledged refused/consented failed/succeeded
    support/resist help/hinder allow/prevent win/lose strengthen/undermine improve/harm raise/slash grow/dwindle
    fall/soar rise/plummet lose/gain accept/spurn approve/veto approved/vetoed private/public permanent/temporary
    majority/minority likely/improbable possible/impossible legal/unlawful older/younger bigger/smaller
    better/worse richer/poorer stronger/weaker faster/slower longer/shorter popular/unpopular known/unknown
    healthy/sick rich/poor positive/negative together/apart minimum/maximum most/least many/few always/never
    left-wing/right-wing conservative/progressive liberal/conservative""".split()


def _both_ways() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for pair in _OTHER_WAY:
        one, other = pair.split("/")
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return {word: tuple(others) for word, others in found.items()}


_TURN = _both_ways()
_TURNING = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_TURN, key=len, reverse=True))})(?![\w-])")

_AMOUNT = re.compile(
    r"(?<![\w.,$£€-])(?P<sign>[$£€]?)(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|(?:two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)(?= ))(?![\w-]|[.,]\d)"
    r"(?P<unit> ?(?:%|percent|per cent|million|billion|[a-z]+)?)"
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_FULL_DATE = re.compile(
    rf"\b(?P<m>{'|'.join(_MONTHS)}) (?P<d>\d{{1,2}})\b(?!,\d)(?:(?:, | )(?P<y>(?:19|20)\d\d))?"
    rf"|\b(?P<d2>\d{{1,2}}) (?P<m2>{'|'.join(_MONTHS)})(?: (?P<y2>(?:19|20)\d\d))?", re.I
)  # fmt: skip
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b", re.I)
_MONTH_ALONE = re.compile(rf"(?<=\bin )(?:{'|'.join(m for m in _MONTHS if m != 'May')})\b", re.I)
_YEAR = re.compile(r"(?<=\b(?:in|of|by) )(?:19|20)\d\d\b|(?<=\bsince )(?:19|20)\d\d\b")
_UNITS = {
    "million": "billion", "billion": "million", "thousand": "million", "percent": "percentage points", "days": "weeks",
    "weeks": "months", "months": "years", "years": "months", "hours": "minutes", "minutes": "hours", "miles": "feet",
    "km": "metres", "pounds": "euros", "dollars": "pounds", "kilometers": "miles", "kilometres": "miles",
}  # fmt: skip
_UNIT = re.compile(rf"(?<=[\dy] )(?:{'|'.join(_UNITS)})\b|(?<=\d)[%](?!\w)|(?<![\w$£€])[$£](?=\d)")
_LANDS = (
    "Norway Portugal Kenya Vietnam Chile Poland Greece Nigeria Sweden Ireland Hungary Peru Morocco Madrid Vienna Oslo "
    "Lisbon Nairobi Denver Phoenix Oregon Arizona Kansas Alabama Toronto Sydney Dublin Manchester Cairo Mumbai Lagos"
).split()
_AT_PLACE = re.compile(r"(?<=\bin |\bto )(?P<p>[A-Z][a-z]{3,})(?=[ ,.])(?! [A-Z0-9])")
_PERSON = re.compile(r"(?<![.!?\"“] )(?<!^)\b[A-Z][a-z]+(?: [A-Z]\.)? (?:Mc|Mac|O['’])?[A-Z][a-z]{2,}\b(?! [A-Z])")
_SURE = re.compile(
    r"(?P<who>\b[A-Z][a-z]+(?: [A-Z]\.)? (?:Mc|Mac|O['’])?[A-Z][a-z]{2,})(?:, (?:who|\d\d|an? |the )"
    r"| (?:said|told|added|tweeted|wrote|argued|warned|was|has|is|had)\b)"
    r"|(?:Mr\.?|Mrs\.?|Ms\.?|Sen\.|Rep\.|Gov\.|President|Secretary|Judge"
    r"|Minister|Senator|Dr\.?|Mayor|Director|actor|actress|coach) (?P<also>[A-Z][a-z]+ (?:Mc|Mac)?[A-Z][a-z]{2,})"
)
_ATTRIBUTED = re.compile(
    r"(?:,[\"”]? |\b[Aa]ccording to )(?P<who>[A-Z][a-z]+(?: [A-Z][A-Za-z]+){0,2})"
    r"(?= (?:said|says|told|added|explained)\b|[,.])"
    r"|^(?P<first>[A-Z][a-z]+(?: [A-Z]\.)?(?: [A-Z][A-Za-z]+)?) "
    r"(?:said|says|told|explained|insisted|noted|stated|added)\b"
)
_ROLES = re.compile(
    r"^(?P<a>(?:[A-Z][a-z]+ ?){1,3}) (?P<v>beat|defeated|met|told|praised|criticized|criticised|killed|attacked|sued|"
    r"married|replaced|joined|hired|accused|backed|blamed|visited|invaded|bought|arrested) "
    r"(?P<b>(?:[A-Z][a-z]+ ?){1,3})(?=[ ,.])"
)


def did_not(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "did not", "never", "failed to" or "denied that it" before a verb in the past, outside quotations."""
    found = [m for m in _PAST_VERB.finditer(sentence) if _free(sentence, m.start())]
    if not found:
        return None
    match = rng.choice(found[:2])
    base = _PAST[match["v"]]
    return _put(
        match, rng.choice([f"did not {base}", f"never {match['v']}", f"failed to {base}", f"refused to {base}"])
    )


def no_longer(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "is no longer", "was never", "has never", "wasn't", "will not" for the verb without it, outside quotations."""
    be = [m for m in _BE.finditer(sentence) if sentence[: m.start()].count('"') % 2 == 0]
    have = [m for m in _WITH.finditer(sentence) if sentence[: m.start()].count('"') % 2 == 0]
    if have and (not be or rng.random() < 0.5):
        aux = have[0]["aux"]
        return _put(have[0], rng.choice([f"{aux} never", f"{aux} not yet" if aux in {"has", "have"} else f"{aux} not"]))
    verb = be[0]["be"] if be else ""
    return _put(be[0], rng.choice([f"{verb} no longer", f"{verb} never", f"{verb}n't"])) if be else None


def not_taken_out(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A "not", "never" or "n't" taken out, or "no" turned to "some"."""
    if match := _TAKEN.search(sentence) or _SHORT.search(sentence):
        return _put(match, match["verb"]) if match["verb"] not in {"did", "do", "does"} else _put(match, "")
    match = re.search(r"(?<= )no(?= [a-z]{4,})(?! (?:longer|one|doubt))", sentence)
    return _put(match, "some") if match else None


def turned(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A word of direction, of judgement or of kind replaced by one that says the opposite."""
    found = [m for m in _TURNING.finditer(sentence) if not _is_of_a_phrase(m)]
    return _put(match := rng.choice(found), rng.choice(_TURN[match.group()])) if found else None


def elsewhere(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A number replaced by another that the article has with the same sign and the same word behind it, else by any
    other of its kind."""
    found = [m for m in _AMOUNT.finditer(sentence) if not _is_date(m)]
    if not found:
        return None
    match = rng.choice(found)
    others = [m for m in _AMOUNT.finditer(article["text"]) if not _is_date(m) and m["sign"] == match["sign"]]
    others = [m for m in others if not re.search(rf"\b(?:{_in_other_spelling(m['n'])})\b", sentence, re.I)]
    percent = [
        m for m in others if (m["unit"].strip() in {"%", "percent"}) == (match["unit"].strip() in {"%", "percent"})
    ]
    same = [m["n"] for m in percent if m["unit"].strip() == match["unit"].strip()] or [m["n"] for m in percent]
    return _put(match, rng.choice(sorted(set(same))), "n") if same else None


def _in_other_spelling(number: str) -> str:
    words = "zero one two three four five six seven eight nine ten eleven twelve".split()
    if number in words:
        return f"{number}|{words.index(number)}"
    return f"{number}|{words[int(number)]}" if number.isdigit() and int(number) < len(words) else re.escape(number)


def near_number(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A number a little off, which the article does not have: one digit more or less."""
    found = [m for m in _AMOUNT.finditer(sentence) if not _is_date(m) and m["n"][0].isdigit()]
    if not found:
        return None
    match = rng.choice(found)
    plain = match["n"].replace(",", "")
    new = (
        f"{float(plain) + rng.choice([-1, 1]) * 0.1:.1f}"
        if "." in plain
        else str(int(plain) + rng.choice([-1, 1, 2, 10]))
    )
    new = f"{int(new):,}" if "," in match["n"] else new
    return _put(match, new, "n") if not re.search(rf"(?<!\d){re.escape(new)}(?!\d)", article["text"]) else None


def other_unit(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Millions for billions, months for years, euros for dollars."""
    found = list(_UNIT.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    return _put(match, _UNITS.get(match.group(), {"$": "€", "£": "$"}.get(match.group(), " million")))


def day_moved(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A date moved by a day, a week, months or years; a weekday, month or year for another."""
    if match := _FULL_DATE.search(sentence):
        group = rng.choice([g for g in ("d", "m", "y", "d2", "m2", "y2") if match[g]])
        return _put(match, _moved(match[group], rng), group)
    match = _WEEKDAY.search(sentence) or _MONTH_ALONE.search(sentence) or _YEAR.search(sentence)
    return _put(match, _moved(match.group(), rng)) if match else None


def place_for_place(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A place behind "in" or "to" replaced by another, of the article or not."""
    found = [m for m in _AT_PLACE.finditer(sentence) if m["p"] not in _MONTHS and m["p"] not in _DAYS]
    here = {m["p"] for m in _AT_PLACE.finditer(article["text"])} - {*_MONTHS, *_DAYS}
    choice = sorted(p for p in {*here, *_LANDS} if p not in sentence)
    return _put(rng.choice(found), rng.choice(choice)) if found else None


def person_for_person(sentence: str, article: Article, rng: random.Random) -> str | None:
    """A person, by full or last name, replaced by another of the article."""
    people = people_of(article["text"])
    last = {one.split()[-1]: one for one in people}
    found = [m for name in (*people, *last) for m in re.finditer(rf"\b{re.escape(name)}\b", sentence)]
    rest = [one for one in people if one.split()[-1] not in sentence and one.split()[0] not in sentence]
    if not found or not rest:
        return None
    match, new = max(found[: len(people)] or found, key=lambda m: m.end() - m.start()), rng.choice(rest)
    return _put(match, new if " " in match.group() else new.split()[-1])


def said_by_another(sentence: str, article: Article, rng: random.Random) -> str | None:
    """What somebody says given to another person of the article."""
    match = _ATTRIBUTED.search(sentence)
    who = (match["who"] or match["first"]) if match else ""
    rest = [p for p in people_of(article["text"]) if p.split()[-1] not in sentence and p.split()[0] not in sentence]
    if not match or not who or who in {"He", "She", "They", "It", "We", "The"} or not rest:
        return None
    new = rng.choice(rest)
    return _put(match, new if " " in who else new.split()[-1], "who" if match["who"] else "first")


def roles_exchanged(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "A beat B" as "B beat A"."""
    match = _ROLES.search(sentence)
    return f"{match['b'].strip()} {match['v']} {match['a'].strip()}{sentence[match.end() :]}" if match else None


def people_of(text: str) -> list[str]:
    """Full names that say or do something, or carry a title, in a text: people more often than not."""
    found = {m["who"] or m["also"] for m in _SURE.finditer(text)} & {m.group() for m in _PERSON.finditer(f". {text}")}
    taken: dict[str, str] = {}
    for name in sorted(found):
        taken.setdefault(name.split()[-1], name)
    return sorted(
        n for n in taken.values() if not {*n.split()} & {*_MONTHS, *_DAYS, "The", "In", "New", "White", "House"}
    )


CHANGES: dict[str, Maker] = {
    "2 negated: did not": did_not,
    "2 negated: no longer": no_longer,
    "2 negated: not taken out": not_taken_out,
    "2 direction": turned,
    "2 number from elsewhere": elsewhere,
    "2 new number": near_number,
    "2 unit": other_unit,
    "2 date": day_moved,
    "2 place": place_for_place,
    "2 person": person_for_person,
    "2 speaker": said_by_another,
    "2 roles exchanged": roles_exchanged,
}


def _moved(told: str, rng: random.Random) -> str:
    """Another weekday, month, year or day of a month, in the case of the one told."""
    for some in (_DAYS, _MONTHS):
        if told.title() in some:
            new = some[(some.index(told.title()) + rng.randint(1, len(some) - 1)) % len(some)]
            return new if told[0].isupper() else new.lower()
    number = int(told)
    return str(number - rng.randint(1, 5)) if number > 31 else str((number + rng.choice([1, 7, 14])) % 28 or 28)


def _is_date(match: re.Match[str]) -> bool:
    before, text = match.string[: match.start()], match["n"]
    months = "|".join(m[:3].lower() for m in _MONTHS)
    return bool(
        re.fullmatch(r"(?:19|20)\d\d", text)
        or re.search(rf"(?:{months})[a-z]*\.? $", before.lower())
        or re.match(rf" (?:{months})", match.string[match.end("n") :].lower())
    )


def _is_of_a_phrase(match: re.Match[str]) -> bool:
    """Where "over", "up" and their like belong to a verb, or "first" to a name or an office."""
    before, after = match.string[: match.start()].rsplit(" ", 2)[-2:], match.string[match.end() :]
    if match.group() in {"up", "down", "over", "under", "above", "below", "left", "light", "record"}:
        return not re.match(r" (?:\d|by|to \d|from \d)", after)
    return match.group() in {"first", "last", "known", "public"} and "the" not in before


def _free(sentence: str, at: int) -> bool:
    """Whether a verb in the past at ``at`` is one, no participle, outside quotations."""
    return sentence[:at].count('"') % 2 == 0 and "“" not in sentence and not _PASSIVE.search(sentence[:at])


def _put(match: re.Match[str], new: str, group: str | int = 0) -> str:
    start, end = match.span(group)
    return " ".join(f"{match.string[:start]}{new}{match.string[end:]}".split())
