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

describe('a display that a file has', () => {
  const shows = (run: JournalRun, text: string, id: string) => {
    const data = { 'text/plain': text };
    run.add('display_data', { data, metadata: {}, transient: { display_id: id } });
  };
  const prints = (run: JournalRun, text: string) => {
    run.add('stream', { name: 'stdout', text });
  };
  const becomes = (run: JournalRun, id: string, text: string) => {
    run.update(id, { data: { 'text/plain': text }, metadata: {} });
  };

  it('is told with its place, and what it became after that', () => {
    const run = new JournalRun('request', 'cell', 'page', 1000);
    prints(run, 'before');
    shows(run, 'one', 'd');
    run.save();
    expect(run.toJSON()).toMatchObject({
      ...{ outputs: [], saved: { count: 2, displays: [{ id: 'd', place: 1 }] } },
    });
    for (const text of ['two', 'three']) becomes(run, 'd', text);
    becomes(run, 'other', 'nothing of this run');
    const transient = { display_id: 'd' };
    const content = { data: { 'text/plain': 'three' }, metadata: {}, transient };
    expect(run.toJSON().outputs).toEqual([{ type: 'update_display_data', content }]);
    run.save();
    expect(run.toJSON()).toMatchObject({
      ...{ outputs: [], saved: { count: 2, displays: [{ id: 'd', place: 1 }] } },
    });
  });

  it('stands where a page has it, whose text goes on in the text of before', () => {
    const run = new JournalRun('request', 'cell', 'page', 1000);
    prints(run, 'early');
    run.save();
    prints(run, 'late');
    shows(run, 'one', 'd');
    run.save();
    expect(run.toJSON().saved).toEqual({ count: 2, displays: [{ id: 'd', place: 1 }] });
  });

  it('is one no more when the run clears its outputs', () => {
    const run = new JournalRun('request', 'cell', 'page', 1000);
    shows(run, 'one', 'd');
    run.save();
    becomes(run, 'd', 'two');
    run.add('clear_output', { wait: false });
    becomes(run, 'd', 'three');
    expect(run.toJSON()).toMatchObject({ outputs: [], saved: null });
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
