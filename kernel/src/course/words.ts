import { significant } from '../display/units';
import type { Text } from './text';

/** What checks say of themselves, in each language. */
export const WORDS = {
  notInFormat: (got: string, label: string): Text => ({
    en: `${got} is no ${label} number.`,
    zh: `${got} 不是 ${label} 能表示的数。`,
  }),
  noCode: (got: string, label: string, bits: number): Text => ({
    en: `${got} is no code of ${label}: a code is a whole number of ${bits} bits, from 0 to ${2 ** bits - 1}.`,
    zh: `${got} 不是 ${label} 的编码：编码是 ${bits} 位的整数，范围 0 到 ${2 ** bits - 1}。`,
  }),
  outside: (error: number, allowed: number): Text => ({
    en: `It is off by ${significant(error)}; allowed is ${significant(allowed)}.`,
    zh: `误差为 ${significant(error)}，允许的误差为 ${significant(allowed)}。`,
  }),
  length: (expected: number, got: number): Text => ({
    en: `It has ${got} elements instead of ${expected}.`,
    zh: `它有 ${got} 个元素，应为 ${expected} 个。`,
  }),
  nothing: {
    en: 'Nothing is returned: is there a `return` on every path?',
    zh: '没有返回值：每条路径上都写了 `return` 吗？',
  },
  kind: (expected: string, got: string): Text => ({
    en: `A value of type ${got} is returned, where one of type ${expected} is asked for.`,
    zh: `返回值的类型是 ${got}，应为 ${expected}。`,
  }),
  promise: {
    en: 'A promise is returned, not its value: write the function without `async`.',
    zh: '返回的是 Promise 而不是值：请不要把函数写成 `async`。',
  },
  threw: (message: string): Text => ({
    en: `The function threw: ${message}`,
    zh: `函数抛出了错误：${message}`,
  }),
  changed: (path: string): Text => ({
    en: `The result is right, but what was given is changed: arguments${path}.`,
    zh: `结果正确，但传入的数据被改动了：arguments${path}。`,
  }),
  copyFirst: {
    en: 'Leave what is given as it is: write into a copy, made by slice(), [...array] or { ...object }.',
    zh: '不要改动传入的数据：请写入副本，用 slice()、[...array] 或 { ...object } 得到。',
  },
  notThrown: (message: string): Text => ({
    en: `An error is expected here: ${message}`,
    zh: `这里应当抛出错误：${message}`,
  }),
  noFunction: (got: string): Text => ({
    en: `check() takes the function itself, not ${got}. Does the cell that declares it run without an error?`,
    zh: `check() 需要函数本身，而不是 ${got}。声明该函数的单元格是否已无错误地运行？`,
  }),
  passed: (name: string, what: string, count: number): Text => ({
    en: `${name} gives ${what}: all ${count} cases are right.`,
    zh: `${name} 给出了${what}：${count} 个用例全部正确。`,
  }),
  failed: (name: string, number: number, count: number, call: string): Text => ({
    en: `${name}: case ${number} of ${count} is wrong, ${call}.`,
    zh: `${name}：第 ${number} 个用例（共 ${count} 个）不对：${call}。`,
  }),
  place: (path: string): Text => ({
    en: `The first difference is at ${path}.`,
    zh: `第一处差别在 ${path}。`,
  }),
  bit: (position: number, total: number, role: string): Text => ({
    en: `The first bit that differs is bit ${position} of ${total} from the left, in the ${role}.`,
    zh: `从左数第 ${position} 位（共 ${total} 位）最先不同，属于${ROLE_ZH[role] ?? role}。`,
  }),
  sameBits: (label: string): Text => ({
    en: `In ${label} both are the same code.`,
    zh: `在 ${label} 中两者的编码相同。`,
  }),
  numberLine: (from: number, to: number): Text => ({
    en: `The numbers of formats from ${from} to ${to}`,
    zh: `各格式在 ${from} 到 ${to} 之间的数`,
  }),
  numbersWithin: (
    label: string,
    count: number,
    subnormals: number,
    from: number,
    to: number,
  ): Text => ({
    en: `${label} has ${count} numbers from ${from} to ${to}${subnormals === 0 ? '' : `, ${subnormals} of them subnormal`}.`,
    zh: `${label} 在 ${from} 到 ${to} 之间有 ${count} 个数${subnormals === 0 ? '' : `，其中 ${subnormals} 个是次正规数`}。`,
  }),
  errorHistogram: { en: 'How often errors of each size occur', zh: '各种大小的误差出现的次数' },
  error: { en: 'error', zh: '误差' },
  errors: (count: number, mean: string, largest: string, notFinite: number): Text => ({
    en: `${count} errors: ${mean} on average, the largest ${largest}${notFinite === 0 ? '' : `; ${notFinite} are not finite`}.`,
    zh: `${count} 个误差：平均 ${mean}，最大 ${largest}${notFinite === 0 ? '' : `；其中 ${notFinite} 个不是有限数`}。`,
  }),
  expected: { en: 'expected', zh: '期望' },
  got: { en: 'got', zh: '得到' },
  result: { en: 'Result', zh: '结果' },
  value: { en: 'Value', zh: '值' },
  bitsIn: (label: string): Text => ({ en: `Bits in ${label}`, zh: `${label} 的位` }),
  hint: { en: 'Hint', zh: '提示' },
} as const;

const ROLE_ZH: Readonly<Record<string, string>> = {
  sign: '符号位',
  exponent: '指数',
  significand: '尾数',
  integer: '整数',
};
