import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { macros } from './macros';

export interface RecordedCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Expands a cell and runs it against a library that records its calls and returns `made by <name>`. */
export async function record(
  cell: string,
  scope: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly calls: readonly RecordedCall[]; readonly printed: readonly string[] }> {
  const expansion = macros.expand(cell);
  if (!expansion.ok) throw new Error(expansion.error.evalue);
  const calls: RecordedCall[] = [];
  const printed: string[] = [];
  const library = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'then'
          ? undefined
          : (...args: unknown[]) => {
              calls.push({ name: String(name), args });
              const [fn] = args;
              return typeof fn === 'function' ? (fn as () => unknown)() : `made by ${String(name)}`;
            },
    },
  );
  const code = expansion.code.replaceAll("import('halfnote')", "load('halfnote')");
  const body = ts.transpile(`async () => {${code}}`, { target: ts.ScriptTarget.ESNext });
  const console = { log: (text: string) => printed.push(text) };
  const run = runInNewContext(body, {
    ...scope,
    console,
    load: () => library,
  }) as () => Promise<void>;
  await run();
  // Arrays and objects of another context are no `Array` and `Object` of ours.
  return { calls: calls.map((call) => ({ ...call, args: call.args.map(plain) })), printed };
}

function plain(value: unknown): unknown {
  return typeof value === 'object' ? structuredClone(value) : value;
}

/** What is wrong with a cell, in words. */
export function refusal(cell: string): string {
  const expansion = macros.expand(cell);
  if (expansion.ok) throw new Error(`expanded to ${expansion.code}`);
  return expansion.error.evalue;
}
