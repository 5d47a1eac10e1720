/**
 * Runs cases one after another, and prints what each measured beside its name.
 * @param {Record<string, (setting: object) => unknown>} cases a case fails by throwing, and may return a text
 * @returns {Promise<{passed: number, failed: number}>}
 */
export async function runMeasured(cases, setting) {
  let failed = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      const measured = await run(setting);
      console.log(`✓ ${name}${measured === undefined ? '' : ` (${measured})`}`);
    } catch (error) {
      failed++;
      console.log(`✗ ${name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
    }
  }
  return { passed: Object.keys(cases).length - failed, failed };
}
