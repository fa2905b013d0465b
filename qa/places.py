"""Names of countries and of states of the United States, folded: what "which country" and "which state" ask for."""

from __future__ import annotations

from qa.facts import tokens

COUNTRIES = frozenset(
    """afghanistan|albania|algeria|andorra|angola|argentina|armenia|australia|austria|azerbaijan|bahamas|bahrain|
    bangladesh|barbados|belarus|belgium|belize|benin|bhutan|bolivia|bosnia|botswana|brazil|brunei|bulgaria|
    burkina faso|burundi|cambodia|cameroon|canada|cape verde|chad|chile|china|colombia|comoros|congo|costa rica|croatia|
    cuba|cyprus|czech republic|czechia|denmark|djibouti|dominica|dominican republic|east timor|ecuador|egypt|
    el salvador|england|eritrea|estonia|eswatini|ethiopia|fiji|finland|france|gabon|gambia|georgia|germany|ghana|
    greece|greenland|grenada|guatemala|guinea|guyana|haiti|honduras|hong kong|hungary|iceland|india|indonesia|iran|
    iraq|ireland|israel|italy|ivory coast|jamaica|japan|jordan|kazakhstan|kenya|kiribati|kosovo|kuwait|kyrgyzstan|
    laos|latvia|lebanon|lesotho|liberia|libya|liechtenstein|lithuania|luxembourg|madagascar|malawi|malaysia|maldives|
    mali|malta|marshall islands|mauritania|mauritius|mexico|micronesia|moldova|monaco|mongolia|montenegro|morocco|
    mozambique|myanmar|namibia|nauru|nepal|netherlands|new zealand|nicaragua|niger|nigeria|north korea|
    north macedonia|northern ireland|norway|oman|pakistan|palau|panama|papua new guinea|paraguay|peru|philippines|
    poland|portugal|puerto rico|qatar|romania|russia|rwanda|saint lucia|samoa|san marino|saudi arabia|scotland|senegal|
    serbia|seychelles|sierra leone|singapore|slovakia|slovenia|solomon islands|somalia|south africa|south korea|
    south sudan|spain|sri lanka|sudan|suriname|sweden|switzerland|syria|taiwan|tajikistan|tanzania|thailand|togo|tonga|
    trinidad|tunisia|turkey|turkiye|turkmenistan|tuvalu|uganda|ukraine|united arab emirates|uae|united kingdom|uk|
    britain|united states|us|usa|america|uruguay|uzbekistan|vanuatu|vatican|venezuela|vietnam|wales|yemen|zambia|
    zimbabwe""".replace("\n", "")
    .replace(" " * 4, "")
    .split("|")
)
"""The countries of the world under the names that news uses."""
STATES = frozenset(
    """alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|
    indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|
    nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon|
    pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|
    west virginia|wisconsin|wyoming""".replace("\n", "")
    .replace(" " * 4, "")
    .split("|")
)
"""The states of the United States."""


def places_in(text: str, known: frozenset[str]) -> frozenset[str]:
    """Those of ``known`` that ``text`` names, written with capitals."""
    words = [token.folded if token.surface[:1].isupper() else "" for token in tokens(text)]
    runs = (" ".join(words[at : at + size]) for at in range(len(words)) for size in (1, 2, 3))
    return frozenset(run for run in runs if run in known)
