const INTERRUPT = 'interrupt: ';

/** @typedef {{goal: string, measured: string, verdict: string, met?: boolean, applies: boolean}} Judged */

/**
 * What the kernel is held to, beside its peers in the same run.
 * @returns {readonly Judged[]}
 */
export function judgeKernel([measured]) {
  if (!measured) return [];
  const { cases, memory } = measured;
  const of = (id) => cases.find((each) => each.id === id)?.results ?? {};
  const label = (id) => cases.find((each) => each.id === id)?.label ?? id;

  const againstPeer = (id, peer, factor = 1) => {
    const ours = of(id).halfnote?.medianS;
    const theirs = of(id)[peer]?.medianS;
    return judged(
      `${label(id)}: ${factor === 1 ? `at most ${peer}'s` : `at most ${factor} of ${peer}'s`}`,
      ours,
      theirs && theirs * factor,
      milliseconds,
      peer,
    );
  };
  const within = (id, key, limitS) =>
    judged(
      `${label(id)}: ${key === 'p95S' ? 'p95' : key === 'maxS' ? 'each' : 'median'} at most ${limitS} s`,
      of(id).halfnote?.[key],
      limitS,
      milliseconds,
    );
  const complete = (id) => {
    const { arrived, expected } = of(id).halfnote ?? {};
    const met = arrived === expected && expected > 0;
    return {
      goal: `${label(id)}: ${id.startsWith(INTERRUPT) ? `${expected} of ${expected}` : 'all arrive'}`,
      measured: `${arrived} of ${expected}`,
      verdict: met ? 'reached' : 'missed',
      met,
      applies: true,
    };
  };
  const interrupts = cases.map(({ id }) => id).filter((id) => id.startsWith(INTERRUPT));

  return [
    againstPeer('startToKernelInfo', 'ipykernel'),
    againstPeer('startToFirstResult', 'ipykernel'),
    againstPeer('startToFirstResult', 'tslab', 0.5),
    againstPeer('emptyCell', 'ipykernel'),
    againstPeer('onePlusOne', 'ipykernel'),
    complete('lines'),
    within('lines', 'medianS', 0.5),
    complete('displays'),
    againstPeer('displays', 'ipykernel'),
    within('completionIdle', 'p95S', 0.1),
    within('completionBusy', 'p95S', 0.1),
    ...interrupts.flatMap((id) => [complete(id), within(id, 'maxS', 1)]),
    judged(
      "memory of an idle kernel (PSS): at most tslab's",
      memory.halfnote?.pss,
      memory.tslab?.pss,
      (bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
      'tslab',
    ),
  ];
}

function judged(goal, ours, limit, format, peer) {
  if (ours === undefined || limit === undefined) {
    const verdict = ours === undefined ? 'not measured' : `open: ${peer} was not measured`;
    return { goal, measured: ours === undefined ? '' : format(ours), verdict, applies: false };
  }
  const met = ours <= limit;
  return {
    goal,
    measured: `${format(ours)} against ${format(limit)}`,
    verdict: met ? 'reached' : 'missed',
    met,
    applies: true,
  };
}

const milliseconds = (seconds) => `${(seconds * 1e3).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
