import { expect, it } from 'vitest';
import { cutAt, endOf } from './code-points';

it.each([
  ['abc', 2, 'ab'],
  ['abc', 9, 'abc'],
  ['abc', 0, ''],
  ['😀b', 1, ''],
  ['😀b', 2, '😀'],
  ['a😀', 2, 'a'],
  ['a😀', 3, 'a😀'],
  ['日本', 1, '日'],
  // A half without its other half is no pair: it stays where it is.
  ['a\ud83db', 2, 'a\ud83d'],
  ['\ude00b', 1, '\ude00'],
])('of %j, at most %i units are %j', (text, length, expected) => {
  expect(text.slice(0, cutAt(text, length))).toBe(expected);
});

it.each([
  ['abc', 2, 'bc'],
  ['abc', 9, 'abc'],
  ['a😀', 1, ''],
  ['a😀', 2, '😀'],
  ['😀b', 2, 'b'],
  ['😀b', 3, '😀b'],
  ['a\ude00b', 2, '\ude00b'],
])('of the end of %j, at most %i units are %j', (text, length, expected) => {
  expect(endOf(text, length)).toBe(expected);
});
