"""Names of places and of what is of them: Poland, Polish; the north, northern."""

from __future__ import annotations

_OF_ONE_PLACE = [
    frozenset(group.split("/"))
    for group in """spain/spanish/spaniard/spaniards poland/polish/pole/poles wales/welsh netherlands/dutch/holland
    scotland/scottish/scots/scot denmark/danish/dane/danes ireland/irish england/english switzerland/swiss
    philippines/filipino/filipinos thailand/thai greece/greek/greeks turkey/turkish/turks/turkiye france/french
    britain/british/briton/britons/uk america/american/americans/americas/us/usa iceland/icelandic
    germany/german/germans north/northern south/southern east/eastern west/western cyprus/cypriot kosovo/kosovar
    myanmar/burma/burmese czechia/czech slovakia/slovak croatia/croat/croats serbia/serb/serbs bosnia/bosnian
    lebanon/lebanese congo/congolese afghanistan/afghan/afghans pakistan/pakistani kazakhstan/kazakh
    uzbekistan/uzbek finland/finnish/finn arab/arabs/arabia/arabian kyiv/kiev beijing/peking mumbai/bombay
    liberal/lib/libs democrats/dems/dem/democrat/democratic conservative/conservatives/tory/tories
    gop/republican/republicans ireland/irish catholic/catholics bible/biblical california/calif/ca
    pennsylvania/penn/pa massachusetts/mass/ma connecticut/conn/ct florida/fla/fl arizona/ariz/az colorado/colo
    michigan/mich minnesota/minn/mn tennessee/tenn/tn texas/tex/tx virginia/va washington/wash wisconsin/wis
    illinois/ill georgia/ga oregon/ore alabama/ala mississippi/miss missouri/mo oklahoma/okla nevada/nev
    kansas/kan kentucky/ky congress/congressional senate/senator/senators vatican/holy""".split()
]
_ENDINGS = ("an", "ian", "ean", "ese", "ish", "i", "ic", "er", "ers", "ans", "ians", "is")
_LONGER = 3
"""Letters by which what is of a place may be longer than its name."""


def of_one_place(name: str, have: set[str]) -> bool:
    """Whether folded words ``have`` hold a name, or what is of the same place: China for Chinese, Ukrainian for
    Ukraine."""
    if any(name in group and group & have for group in _OF_ONE_PLACE):
        return True
    if len(name) < 5:
        return False
    for word in have:
        if len(word) < 5 or word[:4] != name[:4]:
            continue
        same = next((n for n, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
        brief, long = sorted((word, name), key=len)
        if long.endswith(_ENDINGS) and same >= len(brief) - 2 and len(long) <= len(brief) + _LONGER:
            return True
    return False


def is_of_a_place(name: str) -> bool:
    """Whether a folded word is, by its look, what is of a place: Russian, Chinese, northern."""
    return any(name in group for group in _OF_ONE_PLACE) or bool(name.endswith(("ian", "ean", "ese", "ish", "ern")))
