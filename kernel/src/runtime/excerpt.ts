/** The source line with a marker under it; `line` and `column` count from 1. */
export function sourceExcerpt(source: string, line: number, column: number, width = 1): string[] {
  const text = source.split('\n')[line - 1];
  if (text === undefined) return [];
  const gutter = String(line);
  const marker = '^'.repeat(Math.max(1, Math.min(width, text.length - column + 1)));
  // Tabs stay tabs, so that the marker lies under its column.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`  ${gutter} | ${text}`, `  ${' '.repeat(gutter.length)} | ${indent}${marker}`];
}
