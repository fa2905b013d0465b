"""How the page of a briefing looks: on a screen in light and dark, and on paper."""

BRIEFING_STYLE = """\
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5a5a5a; --paper: #fdfdfb; --line: #d9d9d4; --mark: #8a4b08; \
--bad: #a1160a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #a7a49d; --paper: #17181a; --line: #3a3b3e; --mark: #e0a458; --bad: #ff8a7a; }
}
* { box-sizing: border-box; }
body { font: 1.05rem/1.55 Georgia, "Times New Roman", serif; color: var(--ink); background: var(--paper);
  max-width: 44rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .4rem; }
header h2 { font-size: 1.1rem; margin: 1.2rem 0 .2rem; }
h3 { font: 600 .8rem/1.4 system-ui, sans-serif; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
  margin: 1.1rem 0 .3rem; }
.differ h3 { letter-spacing: 0; text-transform: none; font-size: .95rem; }
a { color: inherit; text-decoration-thickness: 1px; text-underline-offset: .15em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 0 1rem; }
dl, nav, .changed, .standing, .sources, .seen, body > footer, summary, blockquote footer { font-size: .9rem; }
dt, .verdict, summary, blockquote footer, .sources ul, body > footer, .contents { color: var(--soft); }
dd { margin: 0; }
ul, ol { margin: .2rem 0; padding-left: 1.3rem; }
article, .seen, body > footer { border-top: 1px solid var(--line); padding: 1.3rem 0; }
.standing { color: var(--mark); margin-bottom: .5rem; }
.standing p, .said { margin: 0 0 .55rem; }
.standing strong, time, .said b { font-variant-numeric: tabular-nums; }
time { font-weight: 600; }
.unsupported .verdict, .uncited .verdict { color: var(--bad); }
details { display: inline; }
details[open] { display: block; }
summary { display: inline; cursor: pointer; list-style: none; margin-left: .35em;
  border-bottom: 1px dotted var(--soft); }
summary::-webkit-details-marker { display: none; }
summary::before { content: "["; }
summary::after { content: "]"; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
blockquote { margin: .4rem 0 .6rem; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); }
blockquote p { margin: 0 0 .25rem; }
@page { margin: 2cm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --line: #999; --mark: #000; --bad: #000; }
  body { font-size: 10.5pt; max-width: none; margin: 0; padding: 0; }
  article, .seen, blockquote, .said, li { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  summary { border: 0; }
  details:not([open]) > blockquote { display: none; }
  nav { display: none; }
  .sources a { text-decoration: none; }
}
"""
