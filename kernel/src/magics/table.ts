import { MagicTable } from './language/magic-table';
import { carbon } from './catalog/carbon';
import { compare } from './catalog/compare';
import { compile } from './catalog/compile';
import { cost } from './catalog/cost';
import { doctor } from './catalog/doctor';
import { env } from './catalog/env';
import { explain } from './catalog/explain';
import { exportMagic } from './catalog/export';
import { gpuhours } from './catalog/gpuhours';
import { gradients } from './catalog/gradients';
import { graph } from './catalog/graph';
import { inspect } from './catalog/inspect';
import { kvcache } from './catalog/kvcache';
import { load } from './catalog/load';
import { lsmagic } from './catalog/lsmagic';
import { measure } from './catalog/measure';
import { memory } from './catalog/memory';
import { npm } from './catalog/npm';
import { precision } from './catalog/precision';
import { qat } from './catalog/qat';
import { quantize } from './catalog/quantize';
import { roofline } from './catalog/roofline';
import { save } from './catalog/save';
import { seed } from './catalog/seed';
import { sensitivity } from './catalog/sensitivity';
import { reset } from './catalog/reset';
import { throughput } from './catalog/throughput';
import { time } from './catalog/time';
import { timeit } from './catalog/timeit';
import { types } from './catalog/types';
import { weights } from './catalog/weights';
import { whatif } from './catalog/whatif';
import { who } from './catalog/who';
import { whos } from './catalog/whos';
import { writefile } from './catalog/writefile';

/** All magics, in the order of help and docs: by topic. */
export const MAGICS = new MagicTable([
  precision,
  compare,
  compile,
  explain,
  gradients,
  graph,
  cost,
  roofline,
  memory,
  kvcache,
  quantize,
  weights,
  qat,
  sensitivity,
  exportMagic,
  inspect,
  carbon,
  whatif,
  gpuhours,
  measure,
  throughput,
  time,
  timeit,
  seed,
  who,
  whos,
  reset,
  types,
  load,
  writefile,
  save,
  lsmagic,
  npm,
  env,
  doctor,
]);
