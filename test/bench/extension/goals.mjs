/** @typedef {{goal: string, measured: string, verdict: string, met?: boolean, applies: boolean}} Judged */

/** What the extension is held to. @returns {readonly Judged[]} */
export function judgeExtension([measured]) {
  if (!measured) return [];
  const { loadedBytes, live, fifty } = measured;
  return [
    judged('loaded before the first chart, without plotly', loadedBytes / 1000, 30, 'kB'),
    judged('live view behind a sender at 50/s: p95', live.p95Ms, 250, 'ms'),
    judged('page blocked meanwhile: longest', live.blockedMs, 100, 'ms'),
    judged('a notebook with 50 views opens: median', fifty.medianS, 5, 's'),
    judged('page blocked meanwhile: longest, median of the runs', fifty.blockedMs, 100, 'ms'),
  ];
}

function judged(goal, value, limit, unit) {
  const met = value <= limit;
  return {
    goal,
    measured: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}, at most ${limit}`,
    verdict: met ? 'reached' : 'missed',
    met,
    applies: true,
  };
}

/** The figures as a table. */
export function extensionTables([measured]) {
  if (!measured) return [];
  const { loadedBytes, files, live, fifty } = measured;
  return [
    [
      ['the extension in JupyterLab', ''],
      [
        'loaded before the first chart, without plotly',
        `${(loadedBytes / 1000).toFixed(1)} kB in ${files} files`,
      ],
      ['a sender at 50/s: updates shown of 500', String(live.shown)],
      [
        'behind: median, p95, most',
        [live.medianMs, live.p95Ms, live.maxMs].map((ms) => `${ms.toFixed(0)} ms`).join(', '),
      ],
      [
        '50 views: opened in, median and most',
        `${fifty.medianS.toFixed(2)} s, ${fifty.maxS.toFixed(2)} s`,
      ],
      ['50 views: page blocked, longest', `${fifty.blockedMs.toFixed(0)} ms`],
    ],
  ];
}
