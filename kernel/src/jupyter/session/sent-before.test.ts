import { expect, it } from 'vitest';
import type { Request } from '../protocol/message';
import { SentBefore } from './sent-before';

function sentAt(date: unknown, session = 'front end'): Request {
  const header = { msg_id: 'id', msg_type: 'execute_request', session, date };
  return { header } as unknown as Request;
}

const failed = sentAt('2020-01-01T00:00:00.000000Z');
const answered = new SentBefore(failed, 50);

it.each([
  ['before the answer', '2020-01-01T00:00:00.030000Z', true],
  ['with the request that failed', '2020-01-01T00:00:00.000000Z', true],
  ['when the answer may have been there', '2020-01-01T00:00:00.049500Z', false],
  ['after the answer', '2020-01-01T00:00:00.050Z', false],
  ['by a clock that was set back', '2019-12-31T23:59:59.990Z', false],
  ['without a date', undefined, false],
])('takes a request that was sent %s for what it is', (_, date, isBefore) => {
  expect(answered.has(sentAt(date))).toBe(isBefore);
});

it('says nothing of other front ends, whose clock may be another', () => {
  expect(answered.has(sentAt('2020-01-01T00:00:00.030000Z', 'another'))).toBe(false);
});
