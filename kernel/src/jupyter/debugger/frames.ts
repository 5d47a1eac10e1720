import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../runtime/packages';
import type { CallFrame } from './inspector-types';
import type { UserScript } from './scripts';

/** A frame that a user wants to see, on top first. */
export interface Frame {
  readonly call: CallFrame;
  readonly name: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** False: a library's. */
  readonly isUsers: boolean;
}

const OWN_FILES = `${packageRoot}/dist/`;

/** Without Node.js's own frames and ours, and without what stands around a cell's code. */
export function userFrames(
  calls: readonly CallFrame[],
  scriptOf: (id: string) => UserScript | undefined,
): readonly Frame[] {
  return calls.flatMap((call) => frameOf(call, scriptOf(call.location.scriptId)) ?? []);
}

/** Undefined for a frame that isn't shown. */
export function frameOf(call: CallFrame, script: UserScript | undefined): Frame | undefined {
  const { lineNumber, columnNumber = 0 } = call.location;
  if (script) {
    const place = script.places.place(lineNumber + 1, columnNumber + 1);
    if (!place) return undefined;
    const { line, column } = place;
    const name = nameOf(call, script);
    return { call, name, path: script.path, line, column, isUsers: true };
  }
  const path = nameOfUrl(call.url);
  if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path)) return undefined;
  if (path.startsWith(OWN_FILES)) return undefined;
  const name = call.functionName === '' ? '(anonymous)' : call.functionName;
  const isUsers = !path.includes('/node_modules/');
  return { call, name, path, line: lineNumber + 1, column: columnNumber + 1, isUsers };
}

/** The inspector calls scripts with a file by its URL, others as they are. */
export function nameOfUrl(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url;
}

function nameOf({ functionName, functionLocation }: CallFrame, { name }: UserScript): string {
  if (functionName !== '') return functionName;
  // The function around all code begins on the first line.
  return functionLocation?.lineNumber === 0 ? name : '(anonymous)';
}
