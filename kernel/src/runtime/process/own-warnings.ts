import process from 'node:process';

/** Node.js says this at the first `import()` of a cell. It is about the kernel's code, not the user's. */
const OWN = 'vm.USE_MAIN_CONTEXT_DEFAULT_LOADER';

/** Keeps the warning about the kernel's own use of Node.js out of the notebook; all others are shown. */
export function hideOwnWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const [warning] = args;
    if (typeof warning === 'string' && warning.startsWith(OWN)) return;
    emitWarning(...args);
  };
}
