/**
 * Runs named cases one after another and ends with the line that `npm test` adds up.
 * @param {Record<string, () => unknown>} cases a case fails by throwing
 * @param {{skipped?: number}} [others] cases that can't be run here, whose reasons have been printed
 */
export async function runCases(cases, { skipped = 0 } = {}) {
  let failed = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`✓ ${name}`);
    } catch (error) {
      failed++;
      console.log(`✗ ${name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
    }
  }
  console.log(`${Object.keys(cases).length - failed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
