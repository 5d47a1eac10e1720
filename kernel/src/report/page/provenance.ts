import { bytes } from '../../display/units';
import { escapeHtml } from '../../display/text';
import { cellTitle } from '../cell-name';
import type { Report } from '../schema';
import { left, list, section, shortHash, table } from './parts';

/** What another person needs to repeat the run, and what is still missing for a publication. */
export function checklist({ checklist: items }: Report): string {
  const lines = items.map(
    ({ item, ok, detail }) =>
      `<tr><td class="${ok ? 'ok' : 'missing'}">${ok ? '✓' : '✗'}<span hidden>${ok ? 'yes' : 'no'}</span></td><td>${escapeHtml(item)}</td><td>${escapeHtml(detail)}</td></tr>`,
  );
  const missing = items.filter(({ ok }) => !ok).length;
  const heading =
    missing === 0
      ? 'Ready for a publication'
      : `Missing for a publication: ${missing} of ${items.length}`;
  return section(heading, `<table class="checklist"><tbody>${lines.join('')}</tbody></table>`);
}

export function boundarySection({ boundary: { included, excluded } }: Report): string {
  return section(
    'Boundary',
    '<h3>Within the figures</h3>',
    list(included),
    '<h3>Not within them</h3>',
    list(excluded),
  );
}

export function identitySection({ identity }: Report): string {
  const { code, notebook, seeds, inputs, versions, lockHash, hash } = identity;
  const line = (term: string, value: string): readonly [string, string] => [term, value];
  return section(
    'Identity',
    table(
      ['Item', left('Value')],
      [
        line('Report', hash),
        line('Notebook, by its cells', notebook.hash),
        line(
          'Code',
          code === null
            ? 'no git repository'
            : `${code.commit}${code.dirty ? ', changed since' : ''}`,
        ),
        line(
          'Seeds',
          seeds.map(({ name, value }) => `${name}: ${value}`).join(', ') || 'none stated',
        ),
        line('Lock file', lockHash ?? 'none'),
      ],
    ),
    inputs.length === 0
      ? '<p>The cells read no files that are known of.</p>'
      : table(
          ['Input', left('Kind'), 'Size', left('SHA-256')],
          inputs.map(({ name, kind, sizeBytes, hash: own }) => [
            name,
            kind,
            bytes(sizeBytes),
            shortHash(own),
          ]),
        ),
    table(
      ['Code cell', 'Ran as', left('SHA-256')],
      identity.cells.map(({ index, order, hash: own }) => [
        cellTitle(index),
        order === null ? 'not run' : `In [${order}]`,
        shortHash(own),
      ]),
    ),
    table(
      ['Package', left('Version')],
      Object.entries(versions).map(([name, version]) => [name, version]),
    ),
  );
}

export function settingsSection({ settings, hardware }: Report): string {
  const shown = Object.entries(settings).filter(([, value]) => value !== null);
  return section(
    'Machine and settings',
    table(
      ['Setting', left('Value')],
      [
        [
          'processor',
          `${hardware.cpu.model}, ${hardware.cpu.threads} threads${hardware.cpu.tdpW === null ? '' : `, ${hardware.cpu.tdpW} W TDP`}`,
        ],
        ['memory', bytes(hardware.memoryBytes)],
        ['GPU', hardware.gpus.map(({ name }) => name).join(', ') || 'none'],
        ['system', hardware.os],
        ...shown.map(([name, value]) => [name, String(value)]),
      ],
    ),
  );
}
