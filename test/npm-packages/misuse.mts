import { ensureBackend, quantize, setPrecision } from 'halfnote';

const facts = await ensureBackend();
export const engine: 'tensorflow' | 'wasm' = facts.engine;

// @ts-expect-error -- a precision is named by a string
setPrecision(16);
// @ts-expect-error -- there is no such format
export const quantized = quantize(undefined as never, { weights: 'int99' });
// @ts-expect-error -- there is no such fact
export const absent: unknown = facts.absent;
