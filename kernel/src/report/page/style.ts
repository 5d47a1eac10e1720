/** The look of a report: a paper on a screen, and on A4 with nothing cut. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 28px 64px; max-width: 210mm; background: #fff; color: #1b1f24;
  font: 14.5px/1.5 "Source Serif 4", Charter, "Bitstream Charter", Cambria, Georgia, serif; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 30px 0 8px; padding-top: 10px; border-top: 1px solid #d5d9de; break-after: avoid; }
h3 { font-size: 14.5px; margin: 16px 0 6px; break-after: avoid; }
p { margin: 6px 0; }
ul { margin: 6px 0; padding-left: 20px; }
code, .mono { font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.sub { color: #57606a; margin: 0 0 14px; }
.verdict { display: flex; gap: 12px; align-items: baseline; margin: 14px 0; padding: 9px 14px; border-left: 5px solid; background: #f6f8fa; }
.verdict strong { letter-spacing: .04em; }
.verdict.valid { border-color: #1a7f37; } .verdict.valid strong { color: #1a7f37; }
.verdict.invalid { border-color: #b42318; } .verdict.invalid strong { color: #b42318; }
.verdict ul { margin: 0; padding-left: 16px; }
.boundaries { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; margin: 16px 0 6px; }
.boundary { border: 1px solid #d5d9de; border-radius: 4px; padding: 10px 14px; break-inside: avoid; }
.boundary h3 { margin: 0 0 2px; color: #57606a; font-weight: 600; }
.boundary .total { font-size: 21px; font-weight: 650; line-height: 1.25; }
.boundary .range { color: #57606a; }
.boundary dl { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; margin: 8px 0 0; }
.boundary dt { color: #57606a; } .boundary dd { margin: 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
table { width: 100%; font-size: 12.5px !important; font-family: system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; line-height: 1.35; }
caption { font-family: inherit; }
th, td { padding: 3px 7px !important; white-space: normal !important; min-width: 0 !important; overflow-wrap: break-word; }
th[scope=row] { font-weight: 500 !important; }
svg { break-inside: avoid; }
body > svg, section > svg { width: 100%; }
div + div > table, p + div > table { margin-top: 12px !important; }
.checklist td:nth-child(2) { width: 42%; }
.ok { color: #1a7f37; } .missing { color: #b42318; }
.view table { width: auto; }
.foot { margin-top: 34px; padding-top: 8px; border-top: 1px solid #d5d9de; color: #57606a; font-size: 12.5px; }
@media (max-width: 620px) { .boundaries { grid-template-columns: 1fr; } }
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  h1 { font-size: 18pt; } h2 { font-size: 12pt; margin-top: 14pt; } h3 { font-size: 10.5pt; }
  .boundary .total { font-size: 14pt; }
  table { font-size: 8pt !important; }
  th, td { padding: 1.5pt 4pt !important; }
  code, .mono { font-size: 8pt; }
  tr, li, .verdict, svg, dl { break-inside: avoid; }
  thead { display: table-header-group; }
  div[style*="overflow"] { overflow: visible !important; }
  .view table { width: 100%; }
  .verdict, .boundary, svg, .ok, .missing { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
