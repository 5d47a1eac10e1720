import { escapeHtml } from '../../display/text';
import type { Report } from '../schema';
import { reportDocument } from './document';
import { frontPage } from './front';
import { measuredSections, samples } from './measured';
import { boundarySection, checklist, identitySection, settingsSection } from './provenance';

/** The report as a page. */
export function reportHtml(report: Report): string {
  const { identity } = report;
  const stem = identity.notebook.name.replace(/\.ipynb$/, '');
  return reportDocument(
    identity.notebook.name,
    `${frontPage(report)}
${checklist(report)}
${measuredSections(report)}
${boundarySection(report)}
${settingsSection(report)}
${identitySection(report)}
${samples(report)}
<p class="foot">Made by Halfnote ${escapeHtml(identity.versions['halfnote'] ?? '')} from <code>${escapeHtml(stem)}.report.json</code>, which holds every figure with its parts.
To check it: <code>halfnote verify ${escapeHtml(stem)}.report.json</code></p>`,
  );
}
