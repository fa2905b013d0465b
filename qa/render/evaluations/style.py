"""How the page of an evaluation looks: on a screen in light and dark, and on paper."""

EVALUATION_STYLE = """\
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5a5a5a; --paper: #fdfdfb; --line: #d9d9d4; \
--track: #ececea; --value: #2f6f9f; --good: #1f7a3d; --bad: #a1160a; --mark: #8a4b08; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #a7a49d; --paper: #17181a; --line: #3a3b3e; --track: #26282b; --value: #6fb1e0;
    --good: #6fcf8e; --bad: #ff8a7a; --mark: #e0a458; }
}
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 66rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1.2rem 0 .3rem; color: var(--soft); }
p { margin: .3rem 0; }
.big { font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .5rem 0; font-size: .9rem; }
dt, .soft, summary .why, figcaption { color: var(--soft); }
dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td, th { overflow-wrap: break-word; }
td.n, th.n { text-align: right; }
td.n, th.n, td.i { white-space: nowrap; }
th { font-weight: 600; }
th[scope=rowgroup] { padding-top: 1rem; color: var(--soft); text-transform: capitalize; }
tbody th[scope=row] { font-weight: 400; min-width: 11rem; }
td.why { min-width: 12rem; }
.better, .held { color: var(--good); }
.worse, .failed { color: var(--bad); }
svg { display: block; }
svg.bar { min-width: 140px; margin-top: .25rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .track { fill: var(--track); }
svg .value { fill: var(--value); }
svg .span { stroke: var(--ink); stroke-width: 1.2; fill: none; }
svg .before { stroke: var(--mark); stroke-width: 2; fill: none; }
svg .axis, svg .grid { stroke: var(--line); fill: none; }
svg .curve { fill: none; stroke: var(--value); stroke-width: 2; }
svg .curve.before { stroke: var(--mark); stroke-dasharray: 5 4; }
svg .better circle, svg .better .span { fill: var(--good); stroke: var(--good); }
svg .worse circle, svg .worse .span { fill: var(--bad); stroke: var(--bad); }
svg .unsure circle { fill: var(--soft); }
svg .unsure .span { stroke: var(--soft); }
svg.plot { width: 100%; max-width: 44rem; height: auto; }
figure { margin: 1rem 0; }
figcaption { font-size: .9rem; }
ul { margin: .2rem 0; padding-left: 1.3rem; }
details { border-bottom: 1px solid var(--line); padding: .25rem 0; }
details > div { padding: .2rem 0 .6rem 1.2rem; font-size: .95rem; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
blockquote { margin: .4rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); }
blockquote p { margin: 0; }
blockquote footer, body > footer { font-size: .85rem; color: var(--soft); }
body > footer { border-top: 1px solid var(--line); margin-top: 2rem; padding: 1rem 0; }
@media (max-width: 40rem) {
  td.bar, th.bar { display: none; }
}
@page { margin: 1.5cm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --line: #999; --track: #eee; --value: #555;
    --good: #000; --bad: #000; --mark: #000; }
  body { font-size: 9.5pt; max-width: none; margin: 0; padding: 0; }
  tr, figure, details, blockquote { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
