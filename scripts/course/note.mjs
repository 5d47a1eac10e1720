const HEADINGS = { en: ['Cell', 'Points', 'Graded'], zh: ['单元格', '分数', '评分方式'] };
const GRADED = { en: ['by its tests', 'by hand'], zh: ['自动评分', '人工评分'] };
const TOTAL = { en: 'Total', zh: '总分' };

/** A lecturer's note with the table of points where it has a line `<!-- points -->`. */
export function withPoints(note, { cells }, language) {
  const graded = cells.flatMap(({ metadata }) =>
    metadata.nbgrader?.grade ? [metadata.nbgrader] : [],
  );
  const rows = graded.map(({ grade_id, points, solution }) => [
    `\`${grade_id}\``,
    points,
    GRADED[language][solution ? 1 : 0],
  ]);
  const total = graded.reduce((sum, { points }) => sum + points, 0);
  const table = [
    HEADINGS[language],
    ['---', '---:', '---'],
    ...rows,
    [`**${TOTAL[language]}**`, `**${total}**`, ''],
  ];
  const text = table.map((row) => `| ${row.join(' | ')} |`).join('\n');
  return note.replace('<!-- points -->', text);
}
