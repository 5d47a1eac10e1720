import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { outputsOf, payloads } from '../../scripts/lib/notebook.mjs';
import { root } from '../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'kernel/dist/index.js'));
const { TESTED_CLAIMS } = require('./studies/tested-claims.js');
const { RESULT_MIME } = require('./report/results/record-result.js');

/** Claims that a study is there to test, of which it neither recorded a figure nor said why not, a sentence each. */
export function claimsWithoutFigure(name, notebook) {
  const study = basename(name, '.ipynb');
  const isStudy = name.startsWith('research');
  const own = isStudy ? TESTED_CLAIMS.filter((claim) => claim.study === study) : [];
  const recorded = payloads(notebook, RESULT_MIME).map((result) => result.name);
  const printed = outputsOf(notebook).flatMap(({ text = [] }) => text).join('');
  const lacks = own.filter(
    ({ id }) =>
      !printed.includes(`${id}: not tested here, `) &&
      !recorded.some((given) => given === id || given.startsWith(`${id}, `)),
  );
  return [
    ...(isStudy && own.length === 0 ? ['it tests no claim of kernel/src/studies'] : []),
    ...lacks.map(({ id }) => `no figure of the claim ${id}`),
  ];
}
