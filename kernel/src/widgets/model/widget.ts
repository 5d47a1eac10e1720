import { randomUUID } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';
import { openComm } from '../../comm/comms';
import type { Comm, CommMessage } from '../../comm/comm';
import { HalfnoteError, nearest } from '../../errors';
import { host, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { joinBuffers, separateBuffers } from '../buffers';
import { Callbacks, type Callback } from '../callbacks';
import {
  type FrontEndMessage,
  type Package,
  PROTOCOL_VERSION,
  type State,
  VIEW_MIME,
  WIDGET_TARGET,
} from '../protocol';
import { twin } from '../twin';
import { AnyWidget } from './any-widget';
import { isOpen, opened, closed } from './open-models';
import { snakeCase, type Trait, type Traits } from './trait';

/** What the front end has to know of a kind of model, and what its properties are. */
export interface ModelSpec<T> {
  readonly model: string;
  readonly view: string;
  readonly package: Package;
  /** Where the view comes from, if not from there. */
  readonly viewPackage?: Package;
  readonly traits: Traits<T>;
  /**
   * Makes what belongs together fit. `next` is what properties are to be, and may be altered; `changed` are
   * those that someone has set; `current` is undefined for a new widget.
   */
  readonly settle?: (
    next: T,
    changed: ReadonlySet<keyof T>,
    current: T | undefined,
    where: string,
  ) => void;
}

/** Properties as they may be given: those that are models themselves also by their properties. */
export type Given<T> = {
  readonly [K in keyof T]?: T[K] extends Widget<infer P> ? T[K] | Given<P> : T[K];
};

/** A property that has changed. */
export interface Change<T, K extends keyof T = keyof T> {
  readonly name: K;
  readonly old: T[K];
  readonly new: T[K];
  readonly owner: Widget<T>;
}

type AnyTrait = Trait<unknown>;

/** A control or a part of one: its properties are the same here and in each page that shows the notebook. */
export abstract class Widget<T> extends AnyWidget {
  readonly modelId: string;
  private properties: T;
  private readonly comm: Comm<FrontEndMessage> | undefined;
  private readonly observers = new Map<keyof T, Callbacks<[Change<T>]>>();
  private readonly messageListeners = new Callbacks<
    [content: unknown, buffers: readonly Uint8Array[]]
  >();

  constructor(
    protected readonly spec: ModelSpec<T>,
    options: Given<T>,
  ) {
    super();
    this.properties = this.checked(options);
    this.comm = host() === undefined ? undefined : this.connect();
    this.modelId = this.comm?.id ?? randomUUID();
    if (this.comm !== undefined) opened(this);
  }

  /** Sets several properties at once, as where `min` and `max` go past each other. */
  set(values: Given<T>): void {
    void this.change(values);
  }

  /**
   * Calls `handler` when one of the properties `names` has changed, here or in the front end; of all, where
   * none is named. Returns what undoes it. What `handler` shows appears with the cell that has called this.
   */
  observe<K extends keyof T>(
    handler: Callback<[change: Change<T, K>]>,
    names: K | readonly K[] = Object.keys(this.spec.traits) as K[],
  ): () => void {
    const list = (Array.isArray(names) ? names : [names]) as readonly K[];
    const off = list.map((name) => {
      this.traitOf(name);
      const callbacks = this.observers.get(name) ?? new Callbacks();
      this.observers.set(name, callbacks);
      return callbacks.add(handler as Callback<[Change<T>]>);
    });
    return () => {
      for (const undo of off) undo();
    };
  }

  /** Sends a message to the widget's views. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    if (this.isOpen) this.comm?.send({ method: 'custom', content }, { buffers });
  }

  /** Calls `handler` with each message of its views. Returns what undoes it. */
  onMessage(handler: Callback<[content: unknown, buffers: readonly Uint8Array[]]>): () => void {
    return this.messageListeners.add(handler);
  }

  override close(): void {
    this.comm?.close();
    this.ended();
  }

  override get isOpen(): boolean {
    return isOpen(this.modelId);
  }

  override [JUPYTER_DISPLAY](): MimeBundle {
    const shows = { version_major: 2, version_minor: 0, model_id: this.modelId };
    const shown = twin(this);
    return this.comm === undefined ? shown : { [VIEW_MIME]: shows, ...shown };
  }

  [inspect.custom](): string {
    const told = Object.entries(this.traits).flatMap(([name, { initial }]) => {
      const value = this.properties[name as keyof T];
      const isUsual = value instanceof Widget || isDeepStrictEqual(value, initial());
      return isUsual && name !== 'value' ? [] : [`${name}: ${shown(value)}`];
    });
    const inner = told.length === 0 ? '' : `{ ${told.join(', ')} }`;
    return `${this.constructor.name}(${inner})`;
  }

  /** A property as it is now. */
  protected read<K extends keyof T>(name: K): T[K] {
    return this.properties[name];
  }

  /** What a view says; for subclasses. Returns what the view's message waits for. */
  protected heard?(content: unknown): Promise<void>[];

  override get state(): State {
    const { model, view, package: own, viewPackage = own } = this.spec;
    return {
      _model_module: own.name,
      _model_module_version: own.version,
      _model_name: model,
      _view_count: null,
      _view_module: viewPackage.name,
      _view_module_version: viewPackage.version,
      _view_name: view,
      ...this.told(this.names),
    };
  }

  private get traits(): Readonly<Record<string, AnyTrait>> {
    return this.spec.traits as Readonly<Record<string, AnyTrait>>;
  }

  private get names(): readonly (keyof T)[] {
    return Object.keys(this.spec.traits) as (keyof T)[];
  }

  private connect(): Comm<FrontEndMessage> {
    const { state, bufferPaths, buffers } = separateBuffers(this.state);
    const comm = openComm<FrontEndMessage>(
      WIDGET_TARGET,
      { state, buffer_paths: bufferPaths },
      { metadata: { version: PROTOCOL_VERSION }, buffers },
    );
    comm.onMessage((message) => this.receive(message));
    comm.onClose(() => {
      this.ended();
    });
    return comm;
  }

  private ended(): void {
    closed(this.modelId);
    for (const callbacks of this.observers.values()) callbacks.clear();
    this.messageListeners.clear();
  }

  private receive({ data, buffers }: CommMessage<FrontEndMessage>): Promise<void> | undefined {
    switch (data.method) {
      case 'update':
        return allOf(this.updated(joinBuffers(data.state ?? {}, data.buffer_paths ?? [], buffers)));
      case 'request_state':
        this.sendState('update', this.told(this.names));
        return undefined;
      case 'custom': {
        const { content } = data;
        const own = this.heard?.(content) ?? [];
        return allOf([...own, ...this.messageListeners.call(content, buffers)]);
      }
      default:
        // Of a protocol that is newer than ours.
        return undefined;
    }
  }

  /** A front end has set properties. */
  private updated(state: State): Promise<void>[] {
    const told = this.names.filter(
      (name) => this.traitOf(name).way === undefined && Object.hasOwn(state, this.keyOf(name)),
    );
    const valueOf = (name: keyof T): unknown => state[this.keyOf(name)];
    const echoed = told.filter((name) => this.traitOf(name).echo !== false);
    if (echoed.length > 0)
      this.sendState(
        'echo_update',
        Object.fromEntries(echoed.map((name) => [this.keyOf(name), valueOf(name)])),
      );
    const values = Object.fromEntries(told.map((name) => [name, valueOf(name)]));
    return this.change(values as Given<T>, state);
  }

  /** `from` is what the front end has just told, which it needn't hear again. */
  private change(values: Given<T>, from: State = {}): Promise<void>[] {
    const before = this.properties;
    let next: T;
    try {
      next = this.settled(values, before);
    } catch (error) {
      // The front end shows what it has asked for: it is to show what is.
      const asked = this.names.filter((name) => Object.hasOwn(from, this.keyOf(name)));
      if (asked.length > 0) this.sendState('update', this.told(asked));
      throw error;
    }
    this.properties = next;
    const changed = this.names.filter((name) => !isDeepStrictEqual(before[name], next[name]));
    const news = Object.entries(this.told(this.names)).filter(([key, json]) =>
      Object.hasOwn(from, key)
        ? !isDeepStrictEqual(json, from[key])
        : changed.some((name) => this.keyOf(name) === key),
    );
    if (news.length > 0) this.sendState('update', Object.fromEntries(news));
    return changed.flatMap((name) => {
      const change = { name, old: before[name], new: next[name], owner: this };
      return this.observers.get(name)?.call(change) ?? [];
    });
  }

  private settled(values: Given<T>, current: T): T {
    const where = this.constructor.name;
    const next = { ...current };
    const changed = new Set<keyof T>();
    for (const name of Object.keys(values) as (keyof T)[]) {
      next[name] = this.traitOf(name).check(values[name], `${where}.${String(name)}`);
      changed.add(name);
    }
    this.spec.settle?.(next, changed, current, where);
    return next;
  }

  private checked(options: Given<T>): T {
    const where = this.constructor.name;
    const given = Object.keys(options).filter((name) => options[name as keyof T] !== undefined);
    for (const name of given) this.traitOf(name as keyof T);
    const values = Object.fromEntries(
      this.names.map((name) => {
        const { initial, check } = this.traitOf(name);
        const isGiven = given.includes(String(name));
        return [name, isGiven ? check(options[name], `${where}.${String(name)}`) : initial()];
      }),
    ) as T;
    this.spec.settle?.(values, new Set(given as (keyof T)[]), undefined, where);
    return values;
  }

  private told(names: readonly (keyof T)[]): State {
    const travelling = names.filter((name) => this.traitOf(name).way !== 'kept');
    return Object.fromEntries(
      travelling.map((name) => {
        const { toJson } = this.traitOf(name);
        const value = this.properties[name];
        return [this.keyOf(name), toJson === undefined ? value : toJson(value)];
      }),
    );
  }

  private sendState(method: 'update' | 'echo_update', told: State): void {
    if (!this.isOpen) return;
    const { state, bufferPaths, buffers } = separateBuffers(told);
    this.comm?.send({ method, state, buffer_paths: bufferPaths }, { buffers });
  }

  private keyOf(name: keyof T): string {
    return this.traitOf(name).key ?? snakeCase(String(name));
  }

  private traitOf<K extends keyof T>(name: K): Trait<T[K]> {
    if (Object.hasOwn(this.spec.traits, name)) return this.spec.traits[name];
    const names = Object.keys(this.spec.traits);
    const near = nearest(String(name), names, 1)[0];
    throw new HalfnoteError(
      'invalid-argument',
      `${this.constructor.name} has no property '${String(name)}'. It has ${names.join(', ')}.`,
      near === undefined ? undefined : `Did you mean '${near}'?`,
    );
  }
}

/** A property in a widget's text. */
function shown(value: unknown): string {
  return value instanceof Uint8Array ? `<${value.length} bytes>` : inspect(value, { depth: 1 });
}

/** One promise for all of them; undefined where there is nothing to wait for. */
function allOf(promises: readonly Promise<void>[]): Promise<void> | undefined {
  return promises.length === 0 ? undefined : Promise.all(promises).then(() => undefined);
}

/** A class of widgets, before what it adds of its own. */
export type ModelClass<T> = new (options?: Given<T>) => Widget<T> & T;

/** Makes the properties that a specification lists properties of a class. */
export function modelClass<T>(spec: ModelSpec<T>): ModelClass<T> {
  class Model extends Widget<T> {
    constructor(options: Given<T> = {}) {
      super(spec, options);
    }
  }
  for (const name of Object.keys(spec.traits) as (keyof T)[])
    Object.defineProperty(Model.prototype, name, {
      configurable: true,
      get(this: Model) {
        return this.read(name);
      },
      set(this: Model, value: T[typeof name]) {
        this.set({ [name]: value } as Given<T>);
      },
    });
  return Model as unknown as ModelClass<T>;
}
