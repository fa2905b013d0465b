"""Who stands beside a verb of saying: the words that articles use for it, and what they write around them."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĽŁŃŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽȘȚ"
_SAID = (
    r"said|says|say|told|tells|tell|added|adds|noted|notes|stressed|stresses|stated|states|announced|announces|warned|warns|"
    r"claimed|claims|argued|argues|argue|wrote|writes|written|explained|explains|urged|urges|tweeted|tweets|retweeted|"
    r"posted|insisted|insists|testified|responded|responds|replied|replies|quipped|quips|remarked|remarks|declared|"
    r"declares|asserted|asserts|acknowledged|acknowledges|admitted|admits|suggested|suggests|complained|complains|"
    r"recalled|recalls|asked|asks|continued|continues|concluded|concludes|emphasi[sz]ed|emphasi[sz]es|described|"
    r"describes|called|calls|dubbed|observed|observes|joked|jokes|pleaded|shouted|yelled|vowed|vows|promised|promises|"
    r"reported|reports|commented|predicted|predicts|pledged|lamented|laments|mused|muses|opined|opines|sighed|laughed|"
    r"countered|counters|boasted|boasts|charged|cautioned|cautions|conceded|concedes|contended|contends|maintained|"
    r"confirmed|denied|denounced|criticized|criticised|slammed|blasted|praised|hailed|condemned|accused|reiterated|"
    r"reiterates|repeated|recounted|revealed|exclaimed|chided|railed|agreed|agrees|believes|believed|thinks|"
    r"proclaimed|labeled|labelled|characterized|ranted|fumed|raged|read|reads|answered|answers|underlined|underscored|"
    r"pointed out|points out|pointed to|referred to|refers to|refer to|spoke of|speaks of|talked about|talks about|"
    r"demanded|objected|protested|assured|assures|offered|joined in|chimed in|went on|remembers|remembered|signed off|"
    r"elaborated|whispered|murmured|cried|screamed|begged|marveled|swore|sang|chanted|advised|advises|deemed|touted"
)
_PARTICIPLE = (
    r"saying|adding|calling|telling|warning|writing|arguing|noting|claiming|describing|tweeting|insisting|explaining|"
    r"stating|declaring|asking|stressing|announcing|vowing|suggesting|citing|promising|urging|predicting|referring to|"
    r"deriding|dismissing|denouncing|praising|blasting|slamming|accusing|labeling|responding|replying|concluding|joking"
)
VERB = re.compile(rf"(?<![-\w’'])(?:(?P<finite>{_SAID})|(?P<hanging>{_PARTICIPLE}))(?![-\w’'])")
NAMING = frozenset("called calls calling dubbed named labeled labelled titled entitled known".split())
"""Verbs of which the words right behind them are a name and not what somebody said."""

_TITLE = r"(?:Mr|Mrs|Ms|Dr|Drs|Sens?|Reps?|Govs?|Gen|Lt|Col|Capt|Sgt|Adm|Prof|Rev|Hon|St|Jr|Sr|Cmdr|Maj|Pvt|Supt|Det)"
_NAMES_OF_DAYS = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|July|September|October|November|December)\b"
)
_WORD = (
    rf"(?:(?:[{_UP}]\.){{1,4}}|{_TITLE}\.|(?:al|el|ad|as|an|bin|ben)-[{_UP}][\w’'-]*"
    rf"|(?!{_NAMES_OF_DAYS})[{_UP}][\w’'&-]*)"
)
_LINK = r"(?:(?:de|da|dos|del|della|di|du|van|von|der|den|bin|ibn|al|el|la|le|of|for|on|and|the|&|y)\s){1,2}"
NAME = rf"(?:(?:de|van|von|al|el|bin|di|du|la)\s)?{_WORD}(?:(?:\s(?:{_LINK})?|,\s(?=[JS]r\.)){_WORD}){{0,8}}"
_STOP = (
    r"that|which|who|whom|and|but|or|if|because|when|where|while|is|are|was|were|has|had|have|will|would|can|could|may|"
    r"should|must|after|before|as|than|so|since|until|though|although|what|how|why|not|be|been|being|to|do|did|does|with|"
    rf"by|about|into|over|under|he|she|they|it|we|I|you|{_SAID}"
)
_PLAIN = rf"(?!(?:{_STOP})\b)[\w’'&.-]+"
_DETERMINER = (
    r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Oo]ur|[Mm]y|[Aa]nother|[Ss]ome|[Mm]any|[Mm]ost|[Ss]everal|"
    r"[Tt]wo|[Tt]hree|[Bb]oth|[Oo]ther)"
)
_PLURAL = (
    r"(?:police|officials|authorities|researchers|scientists|prosecutors|experts|critics|witnesses|lawmakers|senators|"
    r"investigators|analysts|economists|diplomats|sources|reporters|doctors|supporters|opponents|activists|advocates|"
    r"organizers|organisers|protesters|residents|lawyers|attorneys|media|spokesman|spokeswoman|spokesperson|leaders|"
    r"Democrats|Republicans|conservatives|aides|advisers|family|relatives|ministers|troops|rebels|militants)"
)
_NOUN = (
    rf"{_DETERMINER}(?:\s{_PLAIN}){{1,6}}"
    rf"|(?:(?!(?:{_STOP})\b)[\w’'.-]+\s){{0,3}}(?i:{_PLURAL})(?!\s[{_UP}])(?:\s(?:for|at|from|in|of|with)(?:\s{_PLAIN}){{1,4}})?"
)
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Ww]e|I|[Ww]ho|[Yy]ou)"
_SMALL = (
    rf"(?:(?!(?:{_STOP}|from|in|at|on|of|for|the|an?|through|alongside|against|between|during|fellow|von|van|der|den|de|da|dos|del|della|di|du|bin|ibn|la|le)\b)"
    r"[a-z][\w’'-]*\s)"
)
_ROLE = rf"(?:(?:{_WORD}\s){{0,3}}{_SMALL}{{1,6}})?"
_ASIDE = r"(?:,\s(?P<aside>(?!(?:and|but|or)\b)[^\"“”«»;]{2,220}?),|\s\((?P<bracket>[^()]{1,40})\))?"
_DAY = rf"(?:on\s|late\s|early\s)?(?:{_NAMES_OF_DAYS}|this week|last week|last month|today|yesterday)"
_ADVERB = (
    rf"(?:(?:\s|,\s)(?:also|then|later|has|have|had|once|further|even|only|first|again|still|previously|himself|herself|"
    rf"themselves|itself|would|will|did|does|often|soon|all|both|recently|in turn|in a statement|"
    rf"in an interview|\w+ly|{_DAY}),?)"
    r"{0,4}"
)
_SUBJECT = rf"(?<![\w’'-])(?:(?P<pronoun>{_PRONOUN})|(?P<role>{_ROLE})(?P<name>{NAME})|(?P<noun>{_NOUN}))"
_BEFORE_VERB = rf"{_SUBJECT}{_ADVERB}\s$"
_BEFORE_ASIDE = rf"{_SUBJECT}{_ASIDE}{_ADVERB}\s$"
_BEHIND_VERB = (
    rf"\s(?:(?P<pronoun>(?:he|she|they|it|I|we)\b)(?=\W*(?:[.,]|in\b|on\b|of\b|at\b|$))|(?P<noun>{_NOUN})"
    rf"|(?P<role>{_ROLE})(?P<name>{NAME}))"
)
_INTRO = (
    r"In|On|At|After|Before|During|While|When|As|If|For|With|By|Since|Despite|Although|Though|Asked|Following|Earlier|"
    r"Later|Meanwhile|However|Last|This|Until|Under|From|To|Over|Like|Unlike|Because|Instead|Still|Once|Also|[A-Z]\w+(?:ing|ly)"
)
_OPENS = (
    rf"^\W*(?:(?:{_INTRO})\b[^;]{{0,120}}?,[”\"’]?\s|(?:And|But|So|Yet|Then|Still|Instead|Meanwhile|Later)\s)?"
    rf"(?:(?P<pronoun>{_PRONOUN})\b|(?P<role>(?:Fellow\s{_SMALL}{{0,3}})?)(?P<name>{NAME})|(?P<noun>{_NOUN}))"
)
_ACCORDING = (
    rf"\b(?:[Aa]ccording to|in the words of|as (?={NAME} put))\s(?:(?P<pronoun>him|her|them|it)\b|(?P<noun>{_NOUN})"
    rf"|(?P<role>{_ROLE})(?P<name>{NAME}))"
)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|got|gets|get|[Aa]s)\s(?:\w+ly\s|also\s|being\s|once\s)?$")
_MOST_BEFORE, _MOST_ASIDE = 140, 330
"""Characters before a verb in which its subject stands, without and with what is told of it between commas."""
_OF_ONE = frozenset(
    "says tells adds notes argues claims explains insists writes recalls asks warns believes thinks".split()
)
_SEVERAL = re.compile(rf"(?!{_DETERMINER}\b)(?:[\w’'.-]+\s){{0,3}}\w+(?:ies|als|ors|sts|ers|nts)\b")
"""Bare plurals, which no verb of one follows: "who had met Soviet authorities says"."""
_PREPOSITION = re.compile(
    r"\b(?:in|at|on|of|to|by|for|with|from|into|during|after|before|about|as|than|between|through)\s$"
)
_COORDINATED = re.compile(
    r"(?:\b(?:and|but|then|who|which|that|also|or|yet)\s|,\s|\)\s)(?:\w+ly\s|also\s|has\s|have\s|later\s|then\s|in\s[^,]{1,60}?\s)*$"
)
_PASSED = frozenset(
    """told asked called described dubbed reported denounced criticized criticised slammed blasted praised hailed
    condemned accused labeled labelled characterized known said deemed touted advised read written charged""".split()
)
NOT_NAMES = frozenset(
    """but and in on at if when while as so yet the a an this that these those then there here now not no yes what why
    how where who after before since because however still also meanwhile instead later earlier one two three he she
    they it we i you his her their its our my for from with to by of or nor though although despite during both many
    some most all each every another other others nobody everyone someone something nothing everything monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august september october november
    december read watch related more video photo people officials just even only last next first once perhaps maybe
    well indeed others asked neither either new breaking update live analysis opinion""".split()
)
"""Words that open a sentence with a capital and are no part of the name behind them."""


class Who(NamedTuple):
    """Somebody who says something, and where that is written."""

    kind: str
    """"name", "noun" or "pronoun"."""
    text: str
    start: int
    role: str
    """What stands beside the name: an office before it, or what is told of the person between commas."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first used: these take longer than all else that starts with a command."""
    return re.compile(pattern)


def before_verb(text: str, verb: re.Match[str], floor: int = 0) -> Who | None:
    """The subject that stands before a verb of saying."""
    has_aside = re.search(r"[,)]", text[max(floor, verb.start() - 40) : verb.start()])
    floor = max(floor, verb.start() - (_MOST_ASIDE if has_aside else _MOST_BEFORE))
    match = _compiled(_BEFORE_ASIDE if has_aside else _BEFORE_VERB).search(text[floor : verb.start()])
    if not match or (not match["pronoun"] and _PREPOSITION.search(text[floor : floor + match.start()])):
        return None
    if match["noun"] and verb.group() in _OF_ONE and _SEVERAL.match(match["noun"]):
        return None
    return _who(match, floor)


def behind_verb(text: str, at: int, ceiling: int) -> Who | None:
    """The subject right behind a verb that ends at position ``at``: "said Anna Kovac"."""
    match = _compiled(_BEHIND_VERB).match(text[at : min(ceiling, at + 200)])
    return _who(match, at, text[at:ceiling]) if match else None


def opening(sentence: str, start: int) -> Who | None:
    """Whom a sentence begins with, position ``start`` being that of the sentence."""
    match = _compiled(_OPENS).match(sentence)
    return _who(match, start) if match else None


def goes_on(text: str, verb: re.Match[str]) -> bool:
    """Whether the subject of a verb is that of the verb before it: "met Lind and called it", "left, saying"."""
    return bool(verb["hanging"] or _COORDINATED.search(text[max(0, verb.start() - 90) : verb.start()]))


def according(sentence: str, start: int) -> Who | None:
    """Whom "according to" names."""
    match = _compiled(_ACCORDING).search(sentence)
    return _who(match, start) if match else None


def is_passive(text: str, verb: re.Match[str]) -> bool:
    """Whether its subject is told, called or asked, and says nothing."""
    return verb.group() in _PASSED and _PASSIVE.search(text[max(0, verb.start() - 40) : verb.start()]) is not None


def _who(match: re.Match[str], offset: int, after: str = "") -> Who | None:
    groups = match.groupdict()
    for kind in ("pronoun", "name", "noun"):
        if not groups.get(kind):
            continue
        text, start = groups[kind], match.start(kind)
        text, start = _without_openers(text, start) if kind == "name" else (text, start)
        text = re.sub(r"[’']s?$", "", text.rstrip(" ,’'"))
        if kind == "name" and (
            not text or text.casefold() in NOT_NAMES or re.fullmatch(r"(?!Beijing)[A-Z][a-z]{3,}ing", text)
        ):
            return None
        text = re.sub(r"\s(?:in|at|on|from|during)\s.*$", "", text) if kind == "noun" and after else text
        text = re.sub(r"(?:\s(?:also|close|familiar|once|again|now|then))+$", "", text) if kind == "noun" else text
        beside = groups.get("aside") or groups.get("role") or ""
        if after and kind == "name":
            beside = _apposition(after[match.end(kind) :]) or beside
        if kind == "noun" and (
            ends := re.fullmatch(
                rf"(.*\b[a-z][\w’'-]*\s)(?<!of )(?<!for )(?<!from )(?<!at )(?<!in )(?<!the )({NAME})", text.rstrip(".")
            )
        ):
            return Who("name", ends.group(2), offset + start + ends.start(2), ends.group(1).strip())
        if kind == "noun" and (named := _named_behind(match, after)):
            return Who("name", named.group(1), offset + match.end(kind) + named.start(1), text)
        return Who(
            kind,
            text.rstrip(".") if not re.search(r"\b(?:[A-Z]\.){1,}$|[JS]r\.$", text) else text,
            offset + start,
            beside.strip(" ,"),
        )
    return None


def _named_behind(match: re.Match[str], after: str) -> re.Match[str] | None:
    """The name between commas behind "his daughter", where one is."""
    behind = after[match.end("noun") :] if after else match.string[match.end("noun") :]
    return re.match(rf",\s({NAME})(?=,|\.$)", behind)


def _without_openers(text: str, start: int) -> tuple[str, int]:
    """A run of capitals without the words that only open a sentence before it."""
    while match := re.match(r"([\w’']+),?\s", text):
        if match.group(1).casefold() not in NOT_NAMES:
            break
        text, start = text[match.end() :], start + match.end()
    return text, start


def _apposition(after: str) -> str:
    """What is told behind a name between commas: ", the harbour master."."""
    match = re.match(
        r",\s((?:the|an?|who|head|chief|director|professor|president|former|senior|co-|deputy)\b[^“”\".;]{2,140}?)(?=,\s|[.;]|$)",
        after,
    )
    return match.group(1) if match else ""
