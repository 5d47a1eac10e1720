import { describe, expect, it } from 'vitest';
import { JournalRun } from './journal-run';

describe('what a run keeps of too much text', () => {
  it.each([0, 1])('halves no character, %i units before', (units) => {
    const run = new JournalRun('request', 'cell', 'page', 102);
    run.add('stream', { name: 'stdout', text: 'x'.repeat(units) });
    for (let n = 0; n < 30; n++) run.add('stream', { name: 'stdout', text: '🙂🙂🙂' });
    const { outputs, omittedBytes } = run.toJSON();
    const text = String(outputs[0]?.content['text']);
    expect(text).toMatch(/^(🙂)+$/u);
    expect(text.length + omittedBytes).toBe(units + 30 * 6);
  });
});

describe('an update without an id', () => {
  it('changes no output that has none either', () => {
    const run = new JournalRun('request', 'cell', 'page', 1000);
    run.add('display_data', { data: { 'text/plain': 'shown' }, metadata: {}, transient: {} });
    run.update(undefined, { data: { 'text/plain': 'other' }, metadata: {} });
    expect(JSON.stringify(run)).not.toContain('other');
  });
});
