import type { ValueText } from '../../runtime/inspector-messages';
import { HalfnoteError } from '../../errors';
import type { DapVariable } from './dap';
import type { InspectorClient } from './inspector-client';
import type { Evaluated, PropertyDescriptor, RemoteObject, Scope } from './inspector-types';
import { HOOK } from './scripts';

/** Values of a list or a map that are shown at once. */
const MOST_MEMBERS = 100;
/** UTF-16 units of a text that is shown as a value. */
const LONGEST_TEXT = 2000;

/** What the user's code never names. */
const GENERATED =
  /^(?:__halfnote|__cells$|__(?:import(?:Default|Star)|createBinding|setModuleDefault|exportStar)$|tsLastExpr)/;
/** Parameters of the function around a cell or a module. */
const WRAPPER = new Set(['require', 'module', 'exports', '__dirname', '__filename', 'arguments']);

/** What a reference of a front end leads to. */
type Held =
  | { readonly kind: 'object'; readonly objectId: string; readonly path: string }
  | { readonly kind: 'scope'; readonly objectIds: readonly string[] }
  | { readonly kind: 'notebook' };

export interface Named {
  readonly name: string;
  readonly value: RemoteObject;
  readonly path: string;
}

/** Values of a stopped or a running process as a front end shows them, by references that it asks with. */
export class Values {
  private held = new Map<number, Held>();
  private next = 1;

  constructor(private readonly client: InspectorClient) {}

  /** What was told before can't be asked for any more. */
  forget(): void {
    this.held = new Map();
  }

  hold(held: Held): number {
    const reference = this.next++;
    this.held.set(reference, held);
    return reference;
  }

  /** Rejects with `invalid-request` for a reference that is no more. */
  async list(reference: number, start = 0, count?: number): Promise<readonly DapVariable[]> {
    const held = this.held.get(reference);
    if (!held) {
      throw new HalfnoteError(
        'invalid-request',
        `debug_request: nothing is known as variablesReference ${reference}`,
        'References hold until execution goes on; ask for the scopes or the variables again.',
      );
    }
    return this.told(await this.read(held, start, count));
  }

  /** The notebook's variables. */
  async notebook(): Promise<readonly DapVariable[]> {
    return this.told(await this.read({ kind: 'notebook' }, 0));
  }

  /** A single value, as the answer to an expression. */
  async one(value: RemoteObject, path: string): Promise<DapVariable> {
    const [told] = await this.told([{ name: path, value, path }]);
    return told as DapVariable;
  }

  private async read(held: Held, start: number, count?: number): Promise<readonly Named[]> {
    if (held.kind === 'scope') return this.scope(held.objectIds);
    if (held.kind === 'notebook') {
      const { result } = await this.evaluate(`${HOOK}.notebook()`);
      return result.objectId === undefined ? [] : this.properties(result.objectId, '');
    }
    const members = await this.members(held, start, count ?? MOST_MEMBERS);
    return members ?? this.properties(held.objectId, held.path);
  }

  /** Inner scopes hide names of outer ones. */
  private async scope(objectIds: readonly string[]): Promise<readonly Named[]> {
    const all = new Map<string, Named>();
    for (const objectId of objectIds) {
      const own = await this.properties(objectId, '');
      const isWrapper = own.some(({ name }) => GENERATED.test(name));
      for (const named of own) {
        const { name } = named;
        if (GENERATED.test(name) || (isWrapper && WRAPPER.has(name)) || name === 'arguments')
          continue;
        if (!all.has(name)) all.set(name, named);
      }
    }
    return [...all.values()];
  }

  private async properties(objectId: string, path: string): Promise<readonly Named[]> {
    const { result } = (await this.client.request('Runtime.getProperties', {
      objectId,
      ownProperties: true,
    })) as unknown as { readonly result: readonly PropertyDescriptor[] };
    return result.flatMap(({ name, value, get, symbol }) => {
      if (name === '__proto__') return [];
      const key = symbol ? `[${name}]` : name;
      const told = value ?? (get && get.type !== 'undefined' ? GETTER : undefined);
      return told
        ? [{ name: key, value: told, path: pathTo(path, name, symbol !== undefined) }]
        : [];
    });
  }

  /** Undefined for what is no collection. */
  private async members(
    { objectId, path }: Extract<Held, { kind: 'object' }>,
    start: number,
    count: number,
  ): Promise<readonly Named[] | undefined> {
    const { result } = await this.call(
      `function (start, count) { const m = ${HOOK}.members(this, start, count); return m && { size: m.size, of: m.of }; }`,
      objectId,
      [{ value: start }, { value: count }],
    );
    if (result.objectId === undefined) return undefined;
    const parts = await this.properties(result.objectId, '');
    const of = parts.find(({ name }) => name === 'of')?.value.objectId;
    const size = Number(parts.find(({ name }) => name === 'size')?.value.value);
    if (of === undefined) return undefined;
    const members = (await this.properties(of, '')).map(({ name, value }) => ({
      name,
      value,
      path: /^\d+$/.test(name) ? `${path}[${name}]` : '',
    }));
    const rest = size - start - count;
    const more = { type: 'undefined', description: `${rest} more` };
    return rest > 0 ? [...members, { name: '…', value: more, path: '' }] : members;
  }

  private async told(named: readonly Named[]): Promise<readonly DapVariable[]> {
    const objects = named.filter(({ value }) => value.objectId !== undefined);
    const texts = await this.texts(objects.map(({ value }) => value));
    const byObject = new Map(objects.map(({ value }, index) => [value, texts[index]]));
    return named.map(({ name, value, path }) => {
      const { text, type } = byObject.get(value) ?? primitive(value);
      const reference =
        value.objectId !== undefined && value.type === 'object'
          ? this.hold({ kind: 'object', objectId: value.objectId, path })
          : 0;
      return { name, value: cut(text), type, evaluateName: path, variablesReference: reference };
    });
  }

  private async texts(values: readonly RemoteObject[]): Promise<readonly ValueText[]> {
    const [first] = values;
    if (first?.objectId === undefined) return [];
    const { result } = await this.call(
      `function (...values) { return ${HOOK}.texts(...values); }`,
      first.objectId,
      values.map(({ objectId }) => ({ objectId })),
      true,
    );
    return Array.isArray(result.value) ? (result.value as readonly ValueText[]) : [];
  }

  private async evaluate(expression: string): Promise<Evaluated> {
    const options = { expression, silent: true, objectGroup: OBJECTS };
    return (await this.client.request('Runtime.evaluate', options)) as unknown as Evaluated;
  }

  private async call(
    functionDeclaration: string,
    objectId: string,
    args: readonly object[],
    returnByValue = false,
  ): Promise<Evaluated> {
    return (await this.client.request('Runtime.callFunctionOn', {
      ...{ functionDeclaration, objectId, arguments: args, returnByValue },
      ...{ silent: true, objectGroup: OBJECTS },
    })) as unknown as Evaluated;
  }
}

/** What is told to a front end is kept alive under this name, until execution goes on or it asks anew. */
export const OBJECTS = 'halfnote';

const GETTER: RemoteObject = { type: 'accessor', description: '(getter)' };

/** The scopes of a frame, innermost first: its own, those around it, the notebook's. */
export function scopesOf(
  chain: readonly Scope[],
): readonly { readonly name: string; readonly objectIds: readonly string[] }[] {
  const idsOf = (types: readonly string[]): string[] =>
    chain.flatMap(({ type, object }) =>
      types.includes(type) && object.objectId !== undefined ? [object.objectId] : [],
    );
  return [
    { name: 'Locals', objectIds: idsOf(['local', 'block', 'catch', 'with', 'eval']) },
    { name: 'Closure', objectIds: idsOf(['closure', 'module']) },
  ];
}

function primitive({
  type,
  subtype,
  value,
  unserializableValue,
  description,
}: RemoteObject): ValueText {
  if (subtype === 'null') return { text: 'null', type: 'null' };
  if (type === 'string') return { text: JSON.stringify(value), type };
  if (type === 'accessor') return { text: description ?? '', type: 'getter' };
  return { text: unserializableValue ?? description ?? String(value), type };
}

function pathTo(path: string, name: string, isSymbol: boolean): string {
  if (isSymbol) return '';
  if (path === '') return name;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `${path}.${name}`
    : `${path}[${JSON.stringify(name)}]`;
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}
