import { expect, it } from 'vitest';
import type { Request } from '../protocol/message';
import type { RunningRequest } from './running-request';
import { SentBefore } from './sent-before';

const now = performance.now();

/** A request that arrived so long after this file's tests began, negative before. */
function sentAt(date: unknown, arrivedAfterMs: number, session = 'front end'): RunningRequest {
  const header = { msg_id: 'id', msg_type: 'execute_request', session, date };
  const request = { header } as unknown as Request;
  return { request, arrivedMs: now + arrivedAfterMs } as RunningRequest;
}

const answered = new SentBefore(sentAt('2020-01-01T00:00:00.000000Z', -50));

it.each([
  ['before the answer', '2020-01-01T00:00:00.030000Z', true],
  ['with the request that failed', '2020-01-01T00:00:00.000000Z', true],
  ['after the answer', '2020-01-01T00:00:01.050Z', false],
  ['by a clock that was set back', '2019-12-31T23:59:59.990Z', false],
  ['without a date', undefined, false],
])('takes a request that was sent %s for what it is', (_, date, isBefore) => {
  expect(answered.has(sentAt(date, 100))).toBe(isBefore);
});

it('lets a millisecond more pass, which dates may be off by', () => {
  const instant = new SentBefore(sentAt('2020-01-01T00:00:00.000Z', performance.now() - now));
  expect(instant.has(sentAt('2020-01-01T00:00:00.000Z', 100))).toBe(false);
});

it('says nothing of other front ends, whose clock may be another', () => {
  expect(answered.has(sentAt('2020-01-01T00:00:00.030000Z', 100, 'another'))).toBe(false);
});

it('believes no clock that stands still for longer than a message is on its way', () => {
  expect(answered.has(sentAt('2020-01-01T00:00:00.000000Z', 3000))).toBe(false);
});
