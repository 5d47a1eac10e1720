import { HalfnoteError } from '../errors';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as the other end gets it. Throws when it isn't an object that JSON can hold. */
export function asJson(value: unknown): JsonObject {
  const plain = parsed(value);
  if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
    return plain as JsonObject;
  }
  throw new HalfnoteError(
    'invalid-comm-data',
    `Comms carry objects, not ${plain === undefined ? 'undefined' : JSON.stringify(plain).slice(0, 60)}.`,
    'Wrap it: {value: ...}.',
  );
}

function parsed(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new HalfnoteError(
      'invalid-comm-data',
      `Comm data that JSON can't hold: ${error instanceof Error ? error.message : String(error)}`,
      'Send numbers, strings, booleans, lists and objects; bytes go as buffers.',
      { cause: error },
    );
  }
}
