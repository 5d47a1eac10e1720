import { goals } from './suites.mjs';

/** Where a goal holds: the instruction sets of which the CPU must have one. */
const CONDITIONS = {
  bf16: { sets: ['amx_bf16', 'avx512_bf16'], text: 'AMX or AVX-512 BF16' },
  int8: { sets: ['amx_int8', 'avx512_vnni', 'avx_vnni', 'arm_i8mm'], text: 'AMX or VNNI' },
};

/** The goals whose rows were measured: what is asked, what was measured, and the verdict. */
export function judgeLibrary(rows, facts) {
  return goals.flatMap((goal) => {
    const row = rows.find(({ suite, index }) => suite === goal.suite && index === goal.row);
    if (!row) return [];
    const condition = CONDITIONS[goal.holds];
    const applies = !condition || condition.sets.some((set) => facts.isa.includes(set));
    const judge = goal.operationsPerS ? judgeRate : goal.gapAtMost ? judgeGap : judgeRatio;
    const { asked, measured, met, open } = judge(goal, row);
    const name = `${row.label}: ${asked}`;
    if (open) return [{ goal: name, measured: '', verdict: open, met: false, applies: false }];
    const verdict = met ? 'reached' : 'missed';
    return [
      {
        goal: name,
        measured,
        verdict: applies ? verdict : `${verdict}, but set for a CPU with ${condition.text}`,
        met,
        applies,
      },
    ];
  });
}

function judgeRatio({ of, to, atLeast }, { results }) {
  const rivals = [to].flat();
  const against = rivals.length > 1 ? `the faster of ${rivals.join(' and ')}` : rivals[0];
  const asked = `${of} at least ${shown(atLeast)}x ${against}`;
  const found = rivals.map((name) => find(results, name));
  const ours = find(results, of);
  const missing = [of, ...rivals].filter((name) => find(results, name) === undefined);
  if (missing.length > 0) return { asked, open: `open: ${missing.join(' and ')} was not measured` };
  const fastest = found.reduce((best, result) => (result.medianS < best.medianS ? result : best));
  const ratio = fastest.medianS / ours.medianS;
  const named = rivals.length > 1 ? ` ${fastest.name}` : '';
  return { asked, measured: `${ratio.toFixed(2)}x${named}`, met: ratio >= atLeast };
}

function judgeRate({ of, operationsPerS }, { results }) {
  const asked = `${of} at least ${operationsPerS / 1e6} M values/s`;
  const result = find(results, of);
  if (result === undefined) return { asked, open: `open: ${of} was not measured` };
  const measured = `${Math.round(result.operationsPerS / 1e6)} M/s`;
  return { asked, measured, met: result.operationsPerS >= operationsPerS };
}

function judgeGap({ of, to, gapAtMost }, { results }) {
  const asked = `${of} loses at most ${gapAtMost} times the perplexity that ${to} loses`;
  const [ours, other] = [of, to].map((name) => find(results, name));
  if (ours === undefined || other === undefined)
    return { asked, open: `open: ${ours === undefined ? of : to} was not measured` };
  const ratio = ours.gap / other.gap;
  return { asked, measured: ratio.toFixed(2), met: ratio <= gapAtMost };
}

/** A result that was measured: what failed was not, and the table tells why. */
const find = (results, name) =>
  results.find((result) => result.name === name && result.error === undefined);
const shown = (ratio) => String(Number(ratio.toFixed(2)));
