import { escapeHtml } from '../../display/text';
import type { Report } from '../schema';
import { frontPage } from './front';
import { measuredSections, samples } from './measured';
import { boundarySection, checklist, identitySection, settingsSection } from './provenance';
import { TABLE_STYLE } from '../../display/table';
import { STYLE } from './style';

/** The report as one HTML file: no scripts, nothing loaded from elsewhere, prints on A4. */
export function reportHtml(report: Report): string {
  const { identity } = report;
  const stem = identity.notebook.name.replace(/\.ipynb$/, '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(identity.notebook.name)}: energy report</title>
<style>${TABLE_STYLE}${STYLE}</style>
</head>
<body>
${frontPage(report)}
${checklist(report)}
${measuredSections(report)}
${boundarySection(report)}
${settingsSection(report)}
${identitySection(report)}
${samples(report)}
<p class="foot">Made by Halfnote ${escapeHtml(identity.versions['halfnote'] ?? '')} from <code>${escapeHtml(stem)}.report.json</code>, which holds every figure with its parts.
To check it: <code>halfnote verify ${escapeHtml(stem)}.report.json</code></p>
</body>
</html>
`;
}
