// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (Halfnote)
//     language: typescript
//     name: halfnote
// ---

// %% [markdown] lang="en"
// # 1. Bits, formats, rounding
//
// Text with `code`, $x^2$ and a list:
//
// * one
// * two

// %% [markdown] lang="zh"
// # 1. 位、格式与舍入

// %%
import { check, language, mustPass } from 'halfnote/course';
language('en');

// %% solution="to-binary"
function toBinary(n: number): string {
  // BEGIN SOLUTION
  let digits = '';
  let rest = n;
  do {
    digits = String(rest % 2) + digits;
    rest = Math.floor(rest / 2);
  } while (rest > 0);
  return digits;
  // END SOLUTION
}

// %%
check('to-binary', toBinary)

// %% tests="to-binary-tests" points=2
mustPass('to-binary', toBinary);
// BEGIN HIDDEN TESTS
mustPass('to-binary', toBinary, [[6], [255], [2 ** 45 - 3]]);
// END HIDDEN TESTS

// %%
// %inspect 0.1 --formats fp16,bf16
