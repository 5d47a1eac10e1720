/**
 * Runs named cases one after another and ends with the line that `npm test` adds up.
 * @param {Record<string, () => unknown>} cases a case fails by throwing; one that can't run here returns
 *   `{skipped: reason}`
 * @param {{skipped?: number}} [others] cases that can't be run here, whose reasons have been printed
 */
export async function runCases(cases, { skipped: others = 0 } = {}) {
  let [passed, failed, skipped] = [0, 0, others];
  for (const [name, run] of Object.entries(cases)) {
    try {
      const reason = (await run())?.skipped;
      if (reason === undefined) passed++;
      else skipped++;
      console.log(reason === undefined ? `✓ ${name}` : `- ${name}: skipped, ${reason}`);
    } catch (error) {
      failed++;
      console.log(`✗ ${name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
