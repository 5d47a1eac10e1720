/**
 * Runs compiled examples one after another in this process, with what they speak of, and tells its parent of each:
 * `node run-examples.mjs SETTING EXAMPLE...`, started by `fork`.
 */
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';

const { setPrecision } = createRequire(import.meta.url)('halfnote');
const [setting, ...examples] = process.argv.slice(2);
await import(pathToFileURL(setting));
for (const example of examples) {
  process.send({ example, state: 'started' });
  // A declared loss scaler or policy of one isn't that of the next.
  setPrecision('fp32');
  try {
    await import(pathToFileURL(example));
    process.send({ example, state: 'ended' });
  } catch (error) {
    process.send({ example, state: 'failed', error: String(error?.stack ?? error) });
  }
}
process.disconnect();
process.exit();
