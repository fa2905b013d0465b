"""What a site asks programs not to fetch: robots.txt, read as RFC 9309 says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

MOST_BYTES = 512 * 1024
"""RFC 9309, section 2.5: at least 500 KiB are read."""
_MOST_RULES = 5_000
_LONGEST_DELAY = 30.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a site for us."""

    rules: tuple[tuple[str, bool], ...] = ()
    """Pattern of a path, and whether it may be fetched."""
    delay: float = 0.0
    """Seconds that it wants between two requests (Crawl-delay, no part of the standard, at most 30)."""

    def allows(self, path: str) -> bool:
        """Whether a path, with its query, may be fetched: the longest pattern that matches decides, of two equally long
        ones the one that allows."""
        plain = unquote(path)
        matching = [(len(pattern), allowed) for pattern, allowed in self.rules if _matches(unquote(pattern), plain)]
        return max(matching, default=(0, True))[1]


NOTHING_ALLOWED = Rules((("/", False),))
EVERYTHING_ALLOWED = Rules()


def parse(text: str, name: str) -> Rules:
    """The rules for the program ``name`` (its product token): those of the groups that name it, else of all."""
    ours: list[tuple[str, bool]] = []
    everyones: list[tuple[str, bool]] = []
    delays = {True: 0.0, False: 0.0}
    agents: list[str] = []
    in_rules = named = False
    for line in text.split("\n")[: 10 * _MOST_RULES]:
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            agent = value.lower().split("/")[0].strip()
            agents = [agent] if in_rules else [*agents, agent]
            in_rules, named = False, named or agent == name.lower()
            continue
        if field in ("allow", "disallow", "crawl-delay"):
            in_rules = True
        for agent in agents:
            mine = agent == name.lower()
            if not mine and agent != "*":
                continue
            if field in ("allow", "disallow") and value and len(value) <= 2_000:
                (ours if mine else everyones).append((value, field == "allow"))
            elif field == "crawl-delay":
                delays[mine] = _delay(value)
    return Rules(tuple((ours if named else everyones)[:_MOST_RULES]), delays[named])


def _delay(value: str) -> float:
    try:
        return min(max(float(value), 0.0), _LONGEST_DELAY)
    except ValueError:
        return 0.0


def _matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says: ``*`` is any characters, ``$`` at its end the end."""
    if not pattern.startswith(("/", "*")):
        return False
    ends = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for n, part in enumerate(parts):
        if ends and n == len(parts) - 1:
            return len(path) - len(part) >= at and path.endswith(part)
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return at == len(path) if ends else True
