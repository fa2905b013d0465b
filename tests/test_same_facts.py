"""Pairs of phrases that state the same fact, and pairs that do not: the verifier must tell them apart.

Each phrase stands in a sentence of its own; the claim's facts are looked for in the other.
"""

from __future__ import annotations

import pytest

from qa.verify.absent import days_told, missing

HEADER = "A title · AFP · Wednesday 4 February 2026"

SAME = """
35 percent of voters | 35 % of voters
35% of voters | thirty-five per cent of voters
35pc of voters | 35 percent of voters
3.5 percent | 3.5%
half a million people | 500,000 people
1.2 million people | 1,200,000 people
1.2m people | 1.2 million people
$4.5bn | $4.5 billion
$4.5 billion | 4.5 billion dollars
£1.5bn | 1.5 billion pounds
£1.5bn | £1,500,000,000
$3m | $3 million
€20 million | 20 million euros
€20m | 20m euros
US$5 million | $5 million
two dozen boats | 24 boats
a dozen boats | 12 boats
twelve boats | a dozen boats
seven boats | 7 boats
21 boats | twenty-one boats
twenty one boats | 21 boats
250 boats | two hundred and fifty boats
1,000 boats | one thousand boats
a thousand boats | 1,000 boats
a hundred boats | 100 boats
two thirds of them | two-thirds of them
20-30 boats | 20 to 30 boats
between 20 and 30 boats | 20-30 boats
35 to 40 percent | 35-40 %
35-40% | between 35 and 40 percent
$5-10 million | 5 to 10 million dollars
his seventh title | his 7th title
seven years in a row | for the seventh year in a row
won twice | won two times
two titles | both titles
one goal | scored once
a 33-year-old man | a man, 33,
33 years old | the 33-year-old
won 3-1 | won by 3 to 1
won 3–1 | won 3-1
36,000 people | 36, 000 people
102.5 kg | 102. 5 kg
10km away | 10 km away
10 kilometres away | 10km away
5.68m long | 5.68 m long
over £1.5 million | £1,580,575
about 50 boats | 51 boats
nearly 7,000 miles | 6,940 miles
around 150,000 people | 150,200 people
more than 600 men | 612 men
1.6 million people | 1,580,575 people
the 2007-08 season | the season of 2007-2008
from 2007 to 2011 | 2007-11
2001–2007 | 2001 -- 07
on 4 February 2026 | on Feb. 4, 2026
February 4 | 4 February
Feb. 4 | February 4th
the 4th of February | Feb. 4
4 February | on Wednesday
3 February | on Tuesday
Tuesday 3 February | on Tuesday
3 February | yesterday
5 February | tomorrow
4 February | he spoke
in February 2026 | on Tuesday
2026-02-04 | 4 February 2026
September 11 | Sept. 11
Mr. Fidan | Hakan Fidan
Fidan | Mr Fidan
Foreign Minister Hakan Fidan | Hakan Fidan, the foreign minister
President Trump | Donald Trump
the US army | the U.S. army
the United States army | the US army
the American army | the US army
the UK government | the British government
the U.K. government | the United Kingdom government
Britain's government | the UK government
in Turkey | in Türkiye
the Turkish army | the army of Turkey
the Chinese army | the army of China
the Iranian army | the army of Iran
the Ukrainian army | the army of Ukraine
the Polish army | the army of Poland
the Spanish army | the army of Spain
the Dutch army | the army of the Netherlands
the French army | the army of France
the German army | the army of Germany
the Israeli army | the army of Israel
the Scottish army | the army of Scotland
the Canadian army | the army of Canada
the EU army | the European Union army
the UN army | the United Nations army
seen on TV | seen on television
the Lib Dems | the Liberal Democrats
the Liberal Democrats | the Lib Dems
a GOP member | a Republican member
Santa Clara, California | Santa Clara, Calif.
Santa Clara, CA | Santa Clara, California
in Western Australia | on a West Australian beach
in Western Australia | in WA
the NBA finals | the National Basketball Association finals
J.R.R. Tolkien | Tolkien
Jean-Noël Barrot | Jean-Noel Barrot
Barrot’s visit | Barrot's visit
Barrot's visit | the visit of Barrot
Kyiv | Kiev
"we agree" | “we agree”
"We agree" | "we agree,"
“we – all – agree” | "we - all - agree"
“we’re sure” | "we're sure"
""".strip().splitlines()

OTHER = """
35 percent of voters | 36 percent of voters
35 percent of voters | 35 voters
35 voters | 35 percent of voters
3.5 percent | 35 percent
1.2 million people | 1.2 billion people
1.2 million people | 120,000 people
$4.5bn | €4.5bn
$4.5bn | $4.5m
£1.5bn | $1.5bn
20 million euros | 20 million dollars
two dozen boats | 20 boats
twelve boats | 20 boats
250 boats | 205 boats
21 boats | 12 boats
20-30 boats | 20-40 boats
won 3-1 | won 3-2
33 years old | 34 years old
36,000 people | 38,000 people
36,000 people | 3, 600 people
102.5 kg | 103.5 kg
his 7th title | his 8th title
seven years in a row | for the sixth year in a row
over £1.5 million | £1,380,575
about 50 boats | 65 boats
150,001 people | 150,000 people
150,000 people | 190,000 people
1.6 million people | 1,480,575 people
nearly 7,000 miles | 5,940 miles
the 2007-08 season | the season of 2006-2007
from 2007 to 2011 | 2007-10
on 5 February 2026 | on Feb. 4, 2026
12 February | on Wednesday
in March | in April
in 2025 | in 2024
the 1980s | the 1990s
on Friday | on Tuesday
on 4 February 2025 | in 2026
Sept. 11 | Sept. 12
Mr. Fidan | Mr. Araghchi
Hakan Fidan | Ibrahim Fidan
President Trump | President Macron
the US army | the Iranian army
the Chinese army | the army of Chile
the Ukrainian army | the army of the UK
the Polish army | the army of Portugal
in Turkey | in Turkmenistan
the Dutch army | the army of Denmark
in Austria | in Australia
the EU army | the UN army
seen on TV | seen on the radio
Santa Clara, California | Santa Clara, Texas
in Western Australia | in South Australia
the NBA finals | the national finals
J.R.R. Tolkien | Lewis
"we agree" | "we all agree"
"we agree" | "they agree"
“never again” | we will never do it again
""".strip().splitlines()


def absent(pair: str) -> list[str]:
    claim, _, told = (part.strip() for part in pair.partition(" | "))
    evidence = f"They said of it: {told} then."
    return missing(f"They say it was so: {claim} there.", evidence, days_told([(evidence, HEADER)]))


def test_there_are_enough_pairs() -> None:
    assert len(SAME) + len(OTHER) >= 150


@pytest.mark.parametrize("pair", SAME)
def test_the_same_fact_in_another_spelling_is_there(pair: str) -> None:
    assert absent(pair) == []


@pytest.mark.parametrize("pair", OTHER)
def test_another_fact_is_not_there(pair: str) -> None:
    assert absent(pair) != []
