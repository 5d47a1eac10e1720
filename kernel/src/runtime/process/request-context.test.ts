import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRequestContext, storageSurvivesStop } from './request-context';

describe('storageSurvivesStop', () => {
  it.each([
    ['20.20.2', [], false],
    ['22.20.0', [], false],
    ['24.0.0', [], true],
    ['26.1.0', [], true],
    ['22.20.0', ['--experimental-async-context-frame'], true],
    ['24.19.0', ['--no-async-context-frame'], false],
    ['24.19.0', ['--no-async-context-frame', '--async-context-frame'], true],
    ['24.19.0', ['--max-old-space-size=4096', ''], true],
  ])('knows of Node.js %s with flags %j: %s', (node, flags, expected) => {
    expect(storageSurvivesStop(node, flags)).toBe(expected);
  });
});

describe.each([
  ['AsyncLocalStorage', true],
  ['the request that entered last', false],
])('by %s', (_, survives) => {
  it('is nobody’s before the first cell', () => {
    expect(createRequestContext(survives).current()).toBe('');
  });

  it('is the cell’s while it runs, after its awaits, and until the next', async () => {
    const context = createRequestContext(survives);
    const seen = await context.run('first', async () => {
      const before = context.current();
      await sleep(1);
      return [before, context.current()];
    });
    expect(seen).toEqual(['first', 'first']);
    expect(context.current()).toBe('first');
    context.run('second', () => {
      expect(context.current()).toBe('second');
    });
    expect(context.current()).toBe('second');
  });

  it('is in a timer that of the cell which set it, while another runs', async () => {
    const context = createRequestContext(survives);
    const told: string[] = [];
    const late = context.run(
      'first',
      () =>
        new Promise<void>((done) => {
          const timer = context.bind(() => {
            told.push(context.current());
            // What the timer's promise goes on with is still its own.
            queueMicrotask(() => told.push(context.current()));
            done();
          });
          setTimeout(timer, 5);
        }),
    );
    await context.run('second', async () => {
      await late;
      await sleep(10);
      told.push(context.current());
    });
    expect(told).toEqual(['first', 'first', 'second']);
  });

  it('is another one’s for a call within, and then what it was, also where that throws', () => {
    const context = createRequestContext(survives);
    context.run('running', () => {
      context.visit('message', () => {
        const seen = context.within('cell', () => {
          const inner = context.within('other', () => context.current());
          return [context.current(), inner, context.current()];
        });
        expect(seen).toEqual(['cell', 'other', 'cell']);
        expect(() =>
          context.within('cell', () => {
            throw new RangeError('fails');
          }),
        ).toThrow('fails');
        expect(context.current()).toBe('message');
      });
    });
  });

  it('is that of a message to a finished cell while it is told, then the running one’s again', async () => {
    const context = createRequestContext(survives);
    await context.run('running', async () => {
      context.visit('finished', () => {
        expect(context.current()).toBe('finished');
      });
      await sleep(5);
      expect(context.current()).toBe('running');
    });
  });
});
