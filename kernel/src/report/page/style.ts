/** The look of a report: a paper on a screen, in the reader's theme, and on A4 with nothing cut. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d5d9de; --tint: #f6f8fa; --ok: #1a7f37; --missing: #b42318; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #16191d; --ink: #e4e7eb; --muted: #a3acb6; --line: #3b434c; --tint: #20252b; --ok: #57c26f; --missing: #ff8a7a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 28px 64px; max-width: 210mm; background: var(--paper); color: var(--ink);
  font: 14.5px/1.5 "Source Serif 4", Charter, "Bitstream Charter", Cambria, Georgia, serif; overflow-wrap: break-word; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 30px 0 8px; padding-top: 10px; border-top: 1px solid var(--line); break-after: avoid; }
h3 { font-size: 14.5px; margin: 16px 0 6px; break-after: avoid; }
p { margin: 6px 0; }
ul { margin: 6px 0; padding-left: 20px; }
code, .mono { font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.sub { color: var(--muted); margin: 0 0 14px; }
.verdict { display: flex; gap: 12px; align-items: baseline; margin: 14px 0; padding: 9px 14px; border-left: 5px solid; background: var(--tint); }
.verdict > div { min-width: 0; }
.verdict p { margin: 0; }
.verdict strong { letter-spacing: .04em; }
.verdict.valid { border-color: var(--ok); } .verdict.valid strong { color: var(--ok); }
.verdict.invalid { border-color: var(--missing); } .verdict.invalid strong { color: var(--missing); }
.verdict ul { margin: 0; padding-left: 16px; }
.boundaries { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; margin: 16px 0 10px; }
.boundary { border: 1px solid var(--line); border-radius: 4px; padding: 10px 14px; break-inside: avoid; }
.boundary h3 { margin: 0 0 2px; color: var(--muted); font-weight: 600; }
.boundary .total { font-size: 21px; font-weight: 650; line-height: 1.25; }
.boundary .range { color: var(--muted); }
.boundary dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 8px 0 0; }
.boundary dt { color: var(--muted); } .boundary dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
table { width: 100%; font-size: 12.5px !important; font-family: system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; line-height: 1.35; }
caption { font-family: inherit; }
th, td { padding: 3px 7px !important; white-space: normal !important; min-width: 0 !important; vertical-align: top; overflow-wrap: break-word; }
th[scope=row] { font-weight: 500 !important; }
/* Long texts, as \`htmlTable\` marks them, may be paths, hashes and names of layers, with no space to break at. */
:is(th, td)[style*="max-width:40em"] { overflow-wrap: anywhere; }
.figure { white-space: nowrap; }
table:has(> thead th:nth-child(10)) { font-size: 11px !important; }
table:has(> thead th:nth-child(10)) :is(th, td) { padding: 3px 4px !important; }
table:has(> thead th:nth-child(11)) { font-size: 10.5px !important; }
table:has(> thead th:nth-child(11)) th[scope=row] { overflow-wrap: anywhere; min-width: 9em !important; }
svg { break-inside: avoid; }
body > svg, section > svg { width: 100%; }
div + div > table, p + div > table { margin-top: 12px !important; }
.checklist td:nth-child(2) { width: 42%; } .checklist td:last-child { overflow-wrap: anywhere; }
.ok { color: var(--ok); } .missing { color: var(--missing); }
.view table { width: auto; }
.view + .view { margin-top: 22px; }
.foot { margin-top: 34px; padding-top: 8px; border-top: 1px solid var(--line); color: var(--muted); font-size: 12.5px; }
@media (max-width: 620px) { .boundaries { grid-template-columns: 1fr; } }
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  h1 { font-size: 18pt; } h2 { font-size: 12pt; margin-top: 14pt; } h3 { font-size: 10.5pt; }
  .boundary .total { font-size: 14pt; }
  table { font-size: 8pt !important; }
  th, td { padding: 1.5pt 4pt !important; }
  table:has(> thead th:nth-child(10)) { font-size: 7.5pt !important; }
  table:has(> thead th:nth-child(10)) :is(th, td) { padding: 1.5pt 2.5pt !important; }
  table:has(> thead th:nth-child(11)) { font-size: 7pt !important; }
  code, .mono { font-size: 8pt; }
  tr, li, .verdict, svg, dl { break-inside: avoid; }
  thead { display: table-header-group; }
  caption, thead { break-after: avoid; } tbody tr:first-child { break-before: avoid; }
  div[style*="overflow"] { overflow: visible !important; }
  .view table { width: 100%; }
  .verdict, .boundary, svg, .ok, .missing { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
