"""Words that say which way something goes, in two sides: on one of them stand words of a kind, on the other those that
say the opposite. A word may stand in several kinds."""

from __future__ import annotations

from functools import cache

from qa.facts import stem

_KINDS = """
amount: rise risen rising increase climb surge soar jump grow growth gain swell mount rally rocket skyrocket spike
 balloon expand expansion escalate accelerate boost lift raise hike double triple quadruple multiply up higher more
 upward upturn boom rebound recover recovery upswing inflate uptick swelling advance add | fall drop decline decrease
 dip slip slide sink plunge plummet tumble slump shrink shrinkage dwindle ease reduce reduction cut lower slash trim
 halve contract contraction recede retreat down fewer less downward downturn bust dent abate subside shed crash crater
 diminish curb deflate dive nosedive sag wane drain deplete slow lose
width: widen broaden open expand | narrow tighten shrink close
pace: accelerate quicken hasten speed fast faster fastest quick quicker quickly rapid rapidly swift swiftly |
 decelerate slow slower slowest slowly sluggish gradual gradually
strength: strengthen firm harden bolster reinforce fortify consolidate strong stronger strongest robust powerful
 sturdy tough | weaken soften undermine erode sap dent weak weaker weakest feeble fragile frail
quality: improve improvement better best recover brighten upgrade enhance | worsen worse worst deteriorate
 deterioration degrade downgrade aggravate spoil damage harm hurt
win: win winner victory victorious triumph clinch secure prevail beat conquer | lose loser loss defeat forfeit
 surrender concede
gain: gain acquire obtain earn receive get pick | lose forfeit shed surrender relinquish
consent: accept agree approve approval adopt endorse pass ratify embrace clear authorise authorize allow permit enable
 let legalise legalize uphold grant consent | reject rejection refuse refusal decline veto rebuff spurn scrap discard
 ban bar block prohibit forbid forbade outlaw prevent overturn deny disallow withhold quash criminalise criminalize
support: support supporter back endorse favour favor champion defend welcome praise hail applaud laud commend salute
 encourage advocate promote celebrate cheer | oppose opponent opposition resist condemn condemnation denounce
 criticise criticize slam blast attack fight object protest discourage decry deplore lambast blame mock
admit: confirm confirmation admit acknowledge concede affirm verify | deny denial dispute refute reject contradict
guilt: guilty convict conviction jail imprison incriminate implicate culpable condemn | innocent acquit acquittal
 exonerate clear blameless absolve
custody: arrest detain detention jail imprison capture seize hold captive | release free freed freedom bail liberate
law: legal lawful legitimate constitutional permissible | illegal unlawful illicit illegitimate unconstitutional
begin: begin beginning start launch commence open reopen initiate onset | end finish stop close cease halt conclude
 conclusion terminate expire cancel shut scrap
go on: continue resume proceed persist maintain restart | stop halt suspend cease discontinue interrupt pause abandon
 end
come: join enter arrive arrival come return | leave left quit exit depart departure withdraw withdrawal flee go
trade: buy purchase acquire buyer | sell sold seller
goods: import | export
loan: borrow borrower | lend lent lender
staff: hire appoint recruit employ promote name elect install | fire sack dismiss oust demote axe lay suspend remove
rank: first | last final
time: early earliest | late latest
turn: earlier previously beforehand | later afterwards subsequently
order: before prior preceding | after following
size: large larger largest big bigger biggest huge major vast enormous massive great substantial | small smaller
 smallest little tiny minor modest slight minimal
age: old older oldest elderly senior ancient aged | young younger youngest junior youthful
height: high higher highest tall taller tallest | low lower lowest short shorter shortest
length: long longer longest lengthy lengthen extend prolong extension | short shorter shortest brief shorten curtail
money: rich richer richest wealthy wealthier affluent wealth prosperous | poor poorer poorest needy impoverished
 poverty
price: expensive costly dear pricey dearer | cheap cheaper cheapest affordable inexpensive
heat: hot hotter hottest warm warmer warmest scorching heat | cold colder coldest cool cooler coolest freezing chilly
ease: easy easier easiest easily simple | hard harder hardest difficult tough tricky
safety: safe safer safest secure harmless safety | dangerous hazardous risky unsafe perilous harmful danger deadly
man: man | woman
men: men | women
male: male | female
father: father dad | mother mum mom
husband: husband | wife
son: son | daughter
brother: brother | sister
boy: boy | girl
king: king prince | queen princess
life: alive living live survive survivor born birth | dead die died death perish kill deceased
most: most majority maximum many numerous all everyone every | least minority minimum few none nobody hardly
often: often frequently frequent always regularly usually | rarely seldom never infrequently occasionally
odds: likely probable possible certain definite | unlikely improbable impossible uncertain doubtful
hope: optimistic hopeful confident upbeat bullish encouraging promising | pessimistic gloomy doubtful downbeat bearish
 discouraging bleak worried
mood: happy pleased delighted thrilled glad satisfied proud | unhappy sad angry disappointed upset furious
 dissatisfied ashamed saddened
sign: positive | negative
like: love like adore enjoy admire | hate dislike loathe despise detest
friend: friend ally friendly friendship alliance partner | enemy foe rival hostile adversary hostility
calm: calm peace peaceful ceasefire truce | war violence violent conflict unrest
outcome: success succeed successful successfully effective | fail failure unsuccessful unsuccessfully flop ineffective
access: public open | private closed secret
term: permanent permanently lasting | temporary temporarily interim provisional brief
scope: national domestic internal | foreign international overseas external
town: urban city | rural countryside
north: north northern northward northeast | south southern southward
west: west western westward | east eastern eastward
inside: inside indoor within internal interior include inclusion | outside outdoor external exterior exclude exclusion
over: above over top upper exceed beyond | below under beneath bottom
ahead: ahead forward lead leading front | behind backward trail trailing rear
combat: attack assault attacker offensive invade assailant | defend defence defense defender defensive protect
help: help aid assist support facilitate benefit | hinder hamper obstruct hurt harm impede thwart
guard: protect safeguard preserve save conserve | threaten endanger jeopardise jeopardize destroy harm
spending: save saving saver | spend spent spending spender waste
giving: give gave send sent donate provide offer deliver | take took receive get withhold
rule: impose tighten toughen introduce enforce | lift ease loosen relax scrap repeal remove waive
haste: delay postpone defer | hasten advance expedite
keep: keep retain maintain preserve stay remain | abandon ditch lose leave drop discard quit
make: build built construct create establish found install erect | destroy demolish abolish dismantle wreck tear
sum: add include insert attach | remove subtract delete exclude omit
troops: deploy send sent advance | withdraw retreat pull recall
unity: unite unify together join merge reunite | divide split apart separate part
result: profit profitable surplus earn | loss deficit unprofitable debt
show: reveal disclose unveil expose show | hide hid hidden conceal cover withhold
mind: remember recall | forget forgot forgotten
trust: trust believe faith credible | distrust doubt disbelieve mistrust suspect
side: conservative | liberal progressive
party: republican gop | democrat democratic
work: employed employment working job | unemployed unemployment jobless
health: healthy fit well | sick ill unwell unhealthy injured
truth: true right correct correctly accurate genuine real | false wrong incorrect incorrectly inaccurate fake bogus
light: light lighter bright | heavy heavier dark
full: full crowded packed | empty deserted vacant
clean: clean | dirty polluted contaminated
known: known famous familiar popular | unknown obscure unfamiliar unpopular
stand: stable steady calm constant | volatile unstable turbulent shaky
test: pass | fail
love: marry married marriage wed | divorce divorced separate
left: left | right
morning: morning | evening afternoon night
"""

Side = frozenset[str]


@cache
def opposites() -> dict[str, tuple[tuple[Side, Side], ...]]:
    """For each stem, each kind it stands in: the stems of its own side, and those of the other."""
    found: dict[str, list[tuple[Side, Side]]] = {}
    for kind in _KINDS.replace("\n ", " ").strip().splitlines():
        one, other = (frozenset(map(stem, side.split())) for side in kind.partition(":")[2].split("|"))
        for mine, its in ((one - other, other - one), (other - one, one - other)):
            for word in mine:
                found.setdefault(word, []).append((mine, its))
    return {word: tuple(kinds) for word, kinds in found.items()}


_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis")


def negated_by_prefix(word: str) -> frozenset[str]:
    """What a folded word is with a prefix that negates it, or without: likely, unlikely."""
    longer = {prefix + word for prefix in _PREFIXES if len(word) > 3}
    shorter = {word[len(p) :] for p in _PREFIXES if word.startswith(p) and len(word) > len(p) + 3}
    return frozenset(longer | shorter)
