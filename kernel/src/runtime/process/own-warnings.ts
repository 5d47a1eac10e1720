import process from 'node:process';
import { speaksForUs } from './speaker';

/** Node.js says this at the first `import()` of a cell. It is about the kernel's code, not the user's. */
const OWN = 'vm.USE_MAIN_CONTEXT_DEFAULT_LOADER';

/**
 * Keeps what Node.js says about our own use of it, and that of TensorFlow.js, out of the notebook:
 * features that are deprecated or experimental. All other warnings are shown.
 */
export function hideOwnWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const [warning] = args;
    if (typeof warning === 'string' && warning.startsWith(OWN)) return;
    if (speaksForUs()) return;
    emitWarning(...args);
  };
}
