#!/usr/bin/env node
// Before all else, which an old Node.js may not even parse.
import './old-node';
import { HalfnoteError } from '../errors';

/** What a kernel needs to be started is loaded for it alone: Jupyter waits for its first reply. */
async function main(): Promise<void> {
  const [command, file, ...rest] = process.argv.slice(2);
  if (command === 'kernel' && file !== undefined && !file.startsWith('-') && rest.length === 0) {
    const { serveKernel } = await import('./kernel.js');
    return serveKernel(file);
  }
  const { createProgram } = await import('./program.js');
  await createProgram().parseAsync();
}

main().catch((error: unknown) => {
  console.error(error instanceof HalfnoteError ? error.message : error);
  // At once: a kernel that couldn't bind its ports may hold some of them open.
  process.exit(1);
});
