import { DEBUG_HOOK, SCRIPT_URL, type DebugHook, type ValueText } from '../inspector-messages';
import { requireFromKernel } from '../packages';
import type { Scope } from './scope';
import { mimeBundle, mimeBundleNow } from './show';
import type { StackMapper } from './stack';

/**
 * Ends the scripts of cells and of modules beside the notebook: V8 lets a debugger stop before those that
 * name a source map, and before no others.
 */
export const SCRIPT_MARK = `\n//# sourceMappingURL=${SCRIPT_URL}`;

/** Puts what a debugger asks for where the inspector finds it. */
export function installDebugHook(mapper: StackMapper, scope: Scope): void {
  const hook: DebugHook = {
    script: (name) => {
      const facts = mapper.mapsOf(name);
      if (facts?.kind !== 'cell') return facts;
      const { source, maps } = facts;
      return { kind: 'cell', code: source.code, source: source.source, maps };
    },
    notebook: () => {
      const { usersVariables } = variables();
      return Object.fromEntries(usersVariables(scope.values()));
    },
    variables: scope.variables,
    texts: (...values) => values.map(textOf),
    members,
    show: mimeBundle,
    showNow: mimeBundleNow,
  };
  Object.defineProperty(globalThis, Symbol.for(DEBUG_HOOK), { value: Object.freeze(hook) });
}

/** Loaded only when a debugger asks. */
function variables(): typeof import('../../variables/list') &
  typeof import('../../variables/describe') {
  return {
    ...(requireFromKernel('./dist/variables/list.js') as typeof import('../../variables/list')),
    ...(requireFromKernel(
      './dist/variables/describe.js',
    ) as typeof import('../../variables/describe')),
  };
}

function textOf(value: unknown): ValueText {
  const { type, kind, format, shape, text } = variables().describe('', value);
  const isNumeric = kind === 'tensor' || kind === 'model' || ArrayBuffer.isView(value);
  const words = isNumeric ? [type, format, shape && `[${shape.join(', ')}]`] : [];
  const whole = [...words, text].filter((word) => word !== null && word !== '').join(' ');
  return { text: whole === '' ? type : whole, type };
}

function members(value: unknown, start: number, count: number): ReturnType<DebugHook['members']> {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const list = value as ArrayLike<unknown>;
    const end = Math.min(list.length, start + count);
    const of: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (let i = start; i < end; i++) if (i in list) of[i] = list[i];
    return { size: list.length, of };
  }
  if (!(value instanceof Map) && !(value instanceof Set)) return undefined;
  const of: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let at = 0;
  for (const [key, item] of value.entries()) {
    if (at >= start + count) break;
    if (at >= start) of[value instanceof Map ? `${at}: ${textOf(key).text} =>` : String(at)] = item;
    at++;
  }
  return { size: value.size, of };
}
