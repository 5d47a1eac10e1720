import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DebugClient, Runtime } from '../../runtime/contract';
import { SCRIPT_URL } from '../../runtime/inspector-messages';
import { HalfnoteError } from '../../errors';
import { Fields, isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';
import type { BreakPlaces } from './break-places';
import { Breakpoints } from './breakpoints';
import { cellPath, cellPathRule, type CellPathRule } from './cell-paths';
import { THREAD, type DapRequest, type DapVariable } from './dap';
import { richly, valueOf } from './evaluate';
import { Execution } from './execution';
import { nameOfUrl } from './frames';
import { InspectorClient } from './inspector-client';
import type { Paused, RemoteObject } from './inspector-types';
import { Previews, type Expand } from './previews';
import { notStarted, pathIn, wantedIn } from './requests';
import { readScript, type UserScript } from './scripts';
import { OBJECTS, scopesOf, Values } from './values';

export interface DebuggerParts {
  readonly runtime: () => Promise<Runtime>;
  readonly expand: Expand;
  /** An event of the Debug Adapter Protocol, for all front ends. */
  readonly publish: (event: JsonObject) => void;
  readonly rule?: CellPathRule;
}

const ALL_EXCEPTIONS = 'all';
/** It shows a variable's type in place of its value, but for types by Python's names. */
const JUPYTERLAB = 'jupyterlab';

/** Front ends read these lists of refusals too: of a stop, say, that is over when they ask. */
const EMPTY: Readonly<Record<string, JsonObject>> = {
  inspectVariables: { variables: [] },
  modules: { modules: [], totalModules: 0 },
  richInspectVariables: { data: {}, metadata: {} },
  scopes: { scopes: [] },
  setBreakpoints: { breakpoints: [] },
  stackTrace: { stackFrames: [], totalFrames: 0 },
  variables: { variables: [] },
};

type Handler = (request: DapRequest) => Promise<object> | object;

/**
 * Speaks the Debug Adapter Protocol with front ends and the Chrome DevTools Protocol with the cell
 * process's inspector, in the user's own lines. Without a front end that debugs, nothing is attached.
 */
export class Debugger implements DebugClient {
  private readonly rule: CellPathRule;
  private readonly breakpoints: Breakpoints;
  private readonly execution: Execution;
  private readonly handlers: ReadonlyMap<string, Handler>;
  private readonly texts = new Map<string, string>();
  private readonly scripts = new Map<string, Promise<UserScript | undefined>>();
  private readonly known = new Map<string, UserScript>();
  private client: InspectorClient | undefined;
  private previews: Previews | undefined;
  private values: Values | undefined;
  private attaching: Promise<void> | undefined;
  private isStarted = false;
  private tellsTypes = true;
  private exceptions: 'none' | 'all' = 'none';
  private seq = 1;

  constructor(private readonly parts: DebuggerParts) {
    this.rule = parts.rule ?? cellPathRule();
    this.breakpoints = new Breakpoints((breakpoint) => {
      this.publish('breakpoint', { reason: 'changed', breakpoint });
    });
    this.execution = new Execution({
      known: (id) => this.known.get(id),
      read: (id) => this.scripts.get(id),
      isAttached: (client) => this.client === client,
      wentOn: () => {
        this.values?.forget();
      },
      publish: (event, body) => {
        this.publish(event, body);
      },
    });
    this.handlers = this.table();
  }

  /** Answers the content of a `debug_request`. Never rejects: what fails is told in the answer. */
  async handle(content: JsonObject): Promise<JsonObject> {
    const seq = Number(content['seq'] ?? 0);
    const command = typeof content['command'] === 'string' ? content['command'] : '';
    const answer = { seq: this.seq++, type: 'response', request_seq: seq, command };
    try {
      const handler = this.handlers.get(command);
      if (!handler) {
        const all = [...this.handlers.keys()].sort().join(', ');
        throw new HalfnoteError(
          'invalid-request',
          `debug_request: "command" is ${JSON.stringify(content['command'])}, expected one of ${all}`,
        );
      }
      const args = isJsonObject(content['arguments']) ? content['arguments'] : {};
      return { ...answer, success: true, body: await handler({ seq, command, args }) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ...answer, success: false, message, body: EMPTY[command] ?? {} };
    }
  }

  async connected(send: (message: string) => void): Promise<void> {
    const client = new InspectorClient(send, (method, params) => {
      if (this.client === client) this.heard(client, method, params);
    });
    this.client = client;
    this.values = new Values(client);
    await client.request('Debugger.enable');
    await client.request('Debugger.setInstrumentationBreakpoint', {
      instrumentation: 'beforeScriptWithSourceMapExecution',
    });
    await client.request('Debugger.setPauseOnExceptions', { state: this.exceptions });
    await Promise.all(this.scripts.values());
  }

  message(text: string): void {
    this.client?.message(text);
  }

  disconnected(): void {
    this.forgetProcess();
    this.execution.wentOn();
  }

  private table(): ReadonlyMap<string, Handler> {
    const started =
      (
        handler: (client: InspectorClient, request: DapRequest) => Promise<object> | object,
      ): Handler =>
      (request) =>
        handler(this.attachedClient(request), request);
    return new Map<string, Handler>([
      ['debugInfo', () => this.debugInfo()],
      ['initialize', (request) => this.initialize(request)],
      ['attach', () => this.attach()],
      ['launch', () => this.attach()],
      ['configurationDone', () => ({})],
      ['dumpCell', (request) => this.dumpCell(request)],
      ['source', (request) => this.source(request)],
      ['disconnect', () => this.disconnect()],
      ['terminate', () => this.disconnect()],
      ['threads', () => ({ threads: [THREAD] })],
      ['modules', () => this.modules()],
      ['inspectVariables', () => this.inspectVariables()],
      ['setBreakpoints', started((client, request) => this.setBreakpoints(client, request))],
      [
        'setExceptionBreakpoints',
        started((client, request) => this.setExceptionBreakpoints(client, request)),
      ],
      ['stackTrace', started((_, request) => this.stackTrace(request))],
      ['scopes', started((_, request) => this.scopes(request))],
      ['variables', started((_, request) => this.variables(request))],
      ['evaluate', started((client, request) => this.evaluate(client, request))],
      ['richInspectVariables', (request) => this.richInspectVariables(request)],
      ['continue', started((client) => this.execution.goOn(client))],
      ['next', started((client) => this.execution.takeStep(client, 'next'))],
      ['stepIn', started((client) => this.execution.takeStep(client, 'stepIn'))],
      ['stepOut', started((client) => this.execution.takeStep(client, 'stepOut'))],
      ['pause', started((client) => this.execution.pause(client))],
    ]);
  }

  // What a front end asks for before it debugs.

  private debugInfo(): object {
    return {
      isStarted: this.isStarted,
      ...this.rule,
      breakpoints: this.breakpoints.all,
      stoppedThreads: this.execution.stop ? [THREAD.id] : [],
      richRendering: true,
      exceptionPaths: ['Exceptions'],
      copyToGlobals: false,
    };
  }

  private async initialize({ args }: DapRequest): Promise<object> {
    this.isStarted = true;
    this.tellsTypes = args['clientID'] !== JUPYTERLAB;
    await this.attach(false);
    return {
      supportsConfigurationDoneRequest: true,
      supportsConditionalBreakpoints: true,
      supportsModulesRequest: true,
      supportsTerminateRequest: true,
      exceptionBreakpointFilters: [
        { filter: ALL_EXCEPTIONS, label: 'Thrown in cells and modules', default: false },
      ],
    };
  }

  private async attach(isAsked = true): Promise<object> {
    this.attaching ??= this.open();
    try {
      await this.attaching;
    } catch (error) {
      this.attaching = undefined;
      this.isStarted = false;
      throw error;
    }
    if (isAsked) this.publish('initialized', {});
    return {};
  }

  private async open(): Promise<void> {
    const runtime = await this.parts.runtime();
    this.previews = new Previews(runtime, this.parts.expand);
    await runtime.debugWith(this);
  }

  private async disconnect(): Promise<object> {
    const { client } = this;
    this.isStarted = false;
    this.attaching = undefined;
    this.breakpoints.clear();
    this.exceptions = 'none';
    if (client) {
      this.execution.wentOn();
      await client.request('Debugger.disable').catch(() => undefined);
      await (await this.parts.runtime()).debugWith(undefined);
      this.forgetProcess();
    }
    return {};
  }

  private dumpCell({ command, args }: DapRequest): object {
    const code = new Fields(`debug_request ${command}`, args).string('code');
    const sourcePath = cellPath(code, this.rule);
    this.texts.set(sourcePath, code);
    return { sourcePath };
  }

  private async source({ command, args }: DapRequest): Promise<object> {
    const path = pathIn(command, args);
    const text = this.textOf(path);
    if (text !== undefined) return { content: text, mimeType: 'text/typescript' };
    try {
      const content = await readFile(path, 'utf8');
      return {
        content,
        mimeType: /\.[cm]?tsx?$/.test(path) ? 'text/typescript' : 'text/javascript',
      };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HalfnoteError(
        'invalid-request',
        `debug_request source: no source "${path}": ${why}`,
        'A path is that of a cell whose code was told by dumpCell or has run, or of a file.',
      );
    }
  }

  /** Modules beside the notebook, whose lines can have breakpoints. */
  private modules(): object {
    const paths = [...this.known.values()].flatMap(({ text, path }) =>
      text === undefined ? path : [],
    );
    const modules = [...new Set(paths)].map((path, id) => ({ id, name: basename(path), path }));
    return { modules, totalModules: modules.length };
  }

  // Breakpoints.

  private async setBreakpoints(
    client: InspectorClient,
    { command, args }: DapRequest,
  ): Promise<object> {
    const path = pathIn(command, args);
    const wanted = wantedIn(command, args);
    const scripts = [...this.known.values()].filter((script) => script.path === path);
    const places = scripts.at(-1)?.breaks ?? (await this.preview(client, path));
    const breakpoints = await this.breakpoints.replace(client, path, wanted, scripts, places);
    return { breakpoints };
  }

  private async preview(client: InspectorClient, path: string): Promise<BreakPlaces | undefined> {
    const text = this.textOf(path);
    if (text !== undefined) return this.previews?.cell(client, text);
    if (path.startsWith(this.rule.tmpFilePrefix)) return undefined;
    return this.previews?.module(client, path);
  }

  private textOf(path: string): string | undefined {
    const ran = [...this.known.values()].find((script) => script.path === path);
    return this.texts.get(path) ?? ran?.text;
  }

  private async setExceptionBreakpoints(
    client: InspectorClient,
    { args }: DapRequest,
  ): Promise<object> {
    const { filters } = args;
    const isAll = Array.isArray(filters) && filters.includes(ALL_EXCEPTIONS);
    this.exceptions = isAll ? 'all' : 'none';
    await client.request('Debugger.setPauseOnExceptions', { state: this.exceptions });
    return {};
  }

  // What is there while execution stands still.

  private stackTrace({ args }: DapRequest): object {
    const frames = this.execution.stop?.frames ?? [];
    const start = Number(args['startFrame'] ?? 0);
    const levels = Number(args['levels'] ?? 0);
    const end = levels > 0 ? start + levels : frames.length;
    const stackFrames = frames.map(({ name, path, line, column, isUsers }, index) => ({
      id: index + 1,
      name,
      source: { name: basename(path), path },
      line,
      column,
      ...(!isUsers && { presentationHint: 'subtle' }),
    }));
    return { stackFrames: stackFrames.slice(start, end), totalFrames: frames.length };
  }

  private scopes({ command, args }: DapRequest): object {
    const frame = this.execution.frame(
      new Fields(`debug_request ${command}`, args).integer('frameId'),
    );
    const { values } = this;
    if (!values) return { scopes: [] };
    const own = scopesOf(frame.call.scopeChain).filter(({ objectIds }) => objectIds.length > 0);
    const held = own.map(({ name, objectIds }) => ({
      name,
      variablesReference: values.hold({ kind: 'scope', objectIds }),
      expensive: false,
    }));
    const notebook = {
      name: 'Notebook',
      variablesReference: values.hold({ kind: 'notebook' }),
      expensive: false,
    };
    return { scopes: [...held, notebook] };
  }

  private async variables({ command, args }: DapRequest): Promise<object> {
    const fields = new Fields(`debug_request ${command}`, args);
    const reference = fields.integer('variablesReference');
    const start = fields.integer('start', 0);
    const count = fields.integer('count', 0);
    const list = await this.values?.list(reference, start, count > 0 ? count : undefined);
    return { variables: this.asShown(list ?? []) };
  }

  /** The notebook's variables, also while nothing is stopped; none before a front end debugs. */
  private async inspectVariables(): Promise<object> {
    const { client, values } = this;
    if (!client || !values) return { variables: [] };
    if (!this.execution.stop) {
      values.forget();
      await client.request('Runtime.releaseObjectGroup', { objectGroup: OBJECTS });
    }
    return { variables: this.asShown(await values.notebook()) };
  }

  private asShown(variables: readonly DapVariable[]): readonly object[] {
    if (this.tellsTypes) return variables;
    return variables.map((variable) => ({ ...variable, type: undefined }));
  }

  private async evaluate(client: InspectorClient, { command, args }: DapRequest): Promise<object> {
    const fields = new Fields(`debug_request ${command}`, args);
    const expression = fields.string('expression');
    const value = await this.valueOf(client, expression, fields.optionalInteger('frameId'));
    const told = await this.values?.one(value, expression);
    return {
      result: told?.value ?? '',
      type: told?.type ?? '',
      variablesReference: told?.variablesReference ?? 0,
    };
  }

  private async richInspectVariables({ command, args }: DapRequest): Promise<object> {
    const fields = new Fields(`debug_request ${command}`, args);
    const name = fields.string('variableName');
    const { client } = this;
    if (!client) throw notStarted(command);
    const frameId = this.execution.stop ? fields.optionalInteger('frameId') : undefined;
    const value = await this.valueOf(client, name, frameId);
    const { objectId } = value;
    const data =
      objectId === undefined
        ? undefined
        : await richly(client, objectId, this.execution.stop !== undefined);
    if (data) return { data, metadata: {} };
    const told = await this.values?.one(value, name);
    return { data: { 'text/plain': told?.value ?? '' }, metadata: {} };
  }

  private valueOf(
    client: InspectorClient,
    expression: string,
    frameId: number | undefined,
  ): Promise<RemoteObject> {
    const frame =
      this.execution.stop && frameId !== undefined ? this.execution.frame(frameId) : undefined;
    return valueOf(client, expression, { frame, isStopped: this.execution.stop !== undefined });
  }

  // What the inspector says.

  private heard(client: InspectorClient, method: string, params: JsonObject): void {
    switch (method) {
      case 'Debugger.scriptParsed':
        if (params['sourceMapURL'] === SCRIPT_URL)
          void this.parsed(client, String(params['scriptId']), String(params['url']));
        return;
      case 'Debugger.paused':
        this.execution.paused(client, params as unknown as Paused).catch(() => {
          // Better to run on than to stand without anybody knowing.
          client.request('Debugger.resume').catch(() => undefined);
        });
        return;
      case 'Debugger.resumed':
        if (this.execution.stop)
          client
            .request('Runtime.releaseObjectGroup', { objectGroup: OBJECTS })
            .catch(() => undefined);
        this.execution.wentOn();
    }
  }

  private parsed(
    client: InspectorClient,
    id: string,
    url: string,
  ): Promise<UserScript | undefined> {
    const reading = readScript(client, id, nameOfUrl(url), this.rule)
      .then(async (script) => {
        if (!script) return undefined;
        this.known.set(id, script);
        await this.breakpoints.put(client, script);
        return script;
      })
      .catch(() => undefined);
    this.scripts.set(id, reading);
    return reading;
  }

  private forgetProcess(): void {
    this.client?.close();
    this.client = undefined;
    this.values = undefined;
    this.scripts.clear();
    this.known.clear();
    this.breakpoints.lost();
    this.execution.lost();
  }

  private attachedClient({ command }: DapRequest): InspectorClient {
    if (this.client) return this.client;
    throw notStarted(command);
  }

  private publish(event: string, body: object): void {
    this.parts.publish({ seq: this.seq++, type: 'event', event, body });
  }
}
