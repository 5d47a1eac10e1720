import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DebugClient, Runtime } from '../../runtime/contract';
import { SCRIPT_URL } from '../../runtime/inspector-messages';
import { HalfnoteError } from '../../errors';
import { Fields, isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';
import type { BreakPlaces } from './break-places';
import { Breakpoints, type Wanted } from './breakpoints';
import { cellPath, cellPathRule, type CellPathRule } from './cell-paths';
import { THREAD, type DapRequest, type DapVariable, type StopReason } from './dap';
import { inNotebook, missing, namesIn } from './expressions';
import { frameOf, nameOfUrl, userFrames, type Frame } from './frames';
import { InspectorClient } from './inspector-client';
import type { CallFrame, Evaluated, Paused, RemoteObject } from './inspector-types';
import { Previews, type Expand } from './previews';
import { HOOK, readScript, type UserScript } from './scripts';
import { Step, type StepKind } from './stepping';
import { OBJECTS, scopesOf, Values } from './values';

export interface DebuggerParts {
  readonly runtime: () => Promise<Runtime>;
  readonly expand: Expand;
  /** An event of the Debug Adapter Protocol, for all front ends. */
  readonly publish: (event: JsonObject) => void;
  readonly rule?: CellPathRule;
}

/** Where execution stands still. */
interface Stop {
  readonly frames: readonly Frame[];
  readonly depth: number;
}

/** How long code that isn't the user's runs on where a pause is asked for. */
const PAUSE_AGAIN_MS = 10;
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
  private stop: Stop | undefined;
  private step: Step | undefined;
  private isPauseAsked = false;
  private exceptions: 'none' | 'all' = 'none';
  private seq = 1;

  constructor(private readonly parts: DebuggerParts) {
    this.rule = parts.rule ?? cellPathRule();
    this.breakpoints = new Breakpoints((breakpoint) => {
      this.publish('breakpoint', { reason: 'changed', breakpoint });
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
    this.wentOn();
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
      ['continue', started((client) => this.goOn(client))],
      ['next', started((client) => this.takeStep(client, 'next'))],
      ['stepIn', started((client) => this.takeStep(client, 'stepIn'))],
      ['stepOut', started((client) => this.takeStep(client, 'stepOut'))],
      ['pause', started((client) => this.pause(client))],
    ]);
  }

  // What a front end asks for before it debugs.

  private debugInfo(): object {
    return {
      isStarted: this.isStarted,
      ...this.rule,
      breakpoints: this.breakpoints.all,
      stoppedThreads: this.stop ? [THREAD.id] : [],
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
      this.wentOn();
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
    const frames = this.stop?.frames ?? [];
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
    const frame = this.frame(new Fields(`debug_request ${command}`, args).integer('frameId'));
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
    if (!this.stop) {
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
    const frameId = this.stop ? fields.optionalInteger('frameId') : undefined;
    const value = await this.valueOf(client, name, frameId);
    const { objectId } = value;
    const data =
      objectId === undefined
        ? undefined
        : await this.show(client, { objectId }, this.stop !== undefined);
    if (data) return { data, metadata: {} };
    const told = await this.values?.one(value, name);
    return { data: { 'text/plain': told?.value ?? '' }, metadata: {} };
  }

  private async show(
    client: InspectorClient,
    value: { readonly objectId: string },
    isStopped: boolean,
  ): Promise<object | undefined> {
    const { result } = (await client.request('Runtime.callFunctionOn', {
      functionDeclaration: `function (value) { return ${HOOK}.${isStopped ? 'showNow' : 'show'}(value); }`,
      ...{ objectId: value.objectId, arguments: [value], returnByValue: true },
      ...{ awaitPromise: !isStopped, silent: true },
    })) as unknown as Evaluated;
    return isJsonObject(result.value) ? result.value : undefined;
  }

  /** Rejects with what the expression throws. */
  private async valueOf(
    client: InspectorClient,
    expression: string,
    frameId: number | undefined,
  ): Promise<RemoteObject> {
    const frame = this.stop && frameId !== undefined ? this.frame(frameId) : undefined;
    const names = namesIn(expression);
    const asks = async (code: string, options: JsonObject): Promise<Evaluated> =>
      (await (frame
        ? client.request('Debugger.evaluateOnCallFrame', {
            ...{ expression: code, callFrameId: frame.call.callFrameId, silent: true },
            ...options,
          })
        : client.request('Runtime.evaluate', {
            ...{ expression: code, silent: true },
            ...options,
          }))) as unknown as Evaluated;
    const lacks = await asks(missing(names), { returnByValue: true });
    const isMissing = Array.isArray(lacks.result.value) ? (lacks.result.value as unknown[]) : [];
    const ofNotebook = (await asks(`Object.keys(${HOOK}.notebook())`, { returnByValue: true }))
      .result.value as readonly string[];
    const others = names.filter((name, i) => isMissing[i] === true && ofNotebook.includes(name));
    const { result, exceptionDetails } = await asks(inNotebook(expression, others), {
      objectGroup: OBJECTS,
      ...(!frame && { awaitPromise: !this.stop }),
    });
    if (!exceptionDetails) return result;
    const { exception, text } = exceptionDetails;
    const [line = text] = (exception?.description ?? text).split('\n');
    throw new HalfnoteError('invalid-request', `${line} (in "${expression}")`);
  }

  private frame(id: number): Frame {
    const frame = this.stop?.frames[id - 1];
    if (frame) return frame;
    const count = this.stop?.frames.length ?? 0;
    throw new HalfnoteError(
      'invalid-request',
      count === 0
        ? `debug_request: "frameId" is ${id}, but no cell stands at a breakpoint`
        : `debug_request: "frameId" is ${id}, expected 1 to ${count}`,
    );
  }

  // How execution goes on.

  private async goOn(client: InspectorClient): Promise<object> {
    this.needStop();
    this.step = undefined;
    await client.request('Debugger.resume');
    return { allThreadsContinued: true };
  }

  private async takeStep(client: InspectorClient, kind: StepKind): Promise<object> {
    const { frames, depth } = this.needStop();
    this.step = new Step(kind, frames[0], depth);
    await client.request(this.step.command);
    return {};
  }

  private async pause(client: InspectorClient): Promise<object> {
    if (this.stop) return {};
    this.isPauseAsked = true;
    await client.request('Debugger.pause');
    return {};
  }

  private needStop(): Stop {
    if (this.stop) return this.stop;
    throw new HalfnoteError(
      'invalid-request',
      'debug_request: no cell stands at a breakpoint',
      'Steps and "continue" are for a cell that has stopped; "pause" stops one that runs.',
    );
  }

  private wentOn(): void {
    if (!this.stop) return;
    this.stop = undefined;
    this.values?.forget();
    this.publish('continued', { threadId: THREAD.id, allThreadsContinued: true });
  }

  // What the inspector says.

  private heard(client: InspectorClient, method: string, params: JsonObject): void {
    switch (method) {
      case 'Debugger.scriptParsed':
        if (params['sourceMapURL'] === SCRIPT_URL)
          void this.parsed(client, String(params['scriptId']), String(params['url']));
        return;
      case 'Debugger.paused':
        this.onPaused(client, params as unknown as Paused).catch(() => {
          // Better to run on than to stand without anybody knowing.
          client.request('Debugger.resume').catch(() => undefined);
        });
        return;
      case 'Debugger.resumed':
        if (this.stop)
          client
            .request('Runtime.releaseObjectGroup', { objectGroup: OBJECTS })
            .catch(() => undefined);
        this.wentOn();
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

  private async onPaused(client: InspectorClient, paused: Paused): Promise<void> {
    const { callFrames, reason, hitBreakpoints = [] } = paused;
    if (reason === 'instrumentation') {
      await this.scripts.get(callFrames[0]?.location.scriptId ?? '');
      if (this.isPauseAsked) await client.request('Debugger.pause');
      await client.request(this.afterInstrumentation());
      return;
    }
    const frames = userFrames(callFrames, (id) => this.known.get(id));
    const [first] = callFrames;
    const top = first && frameOf(first, this.known.get(first.location.scriptId));
    const why = this.whyStopped(reason, hitBreakpoints.length > 0);
    if (why === 'step') {
      const isWithin = frames.some(({ isUsers }) => isUsers);
      const goOn = this.step?.after(top?.isUsers === true ? top : undefined, callFrames, isWithin);
      if (goOn !== undefined) {
        if (goOn === 'Debugger.resume') this.step = undefined;
        await client.request(goOn);
        return;
      }
    }
    if (why === 'pause' && top?.isUsers !== true) {
      await this.pauseLater(
        client,
        callFrames,
        frames.some(({ isUsers }) => isUsers),
      );
      return;
    }
    if (why === 'exception' && top?.isUsers !== true) {
      // Libraries throw and catch by themselves.
      await client.request('Debugger.resume');
      return;
    }
    this.step = undefined;
    this.isPauseAsked = false;
    this.stop = { frames, depth: callFrames.length };
    const text = why === 'exception' ? paused.data?.description?.split('\n')[0] : undefined;
    this.publish('stopped', {
      reason: why,
      threadId: THREAD.id,
      allThreadsStopped: true,
      ...(text !== undefined && { text }),
    });
  }

  /** V8 stopped outside the user's code: it does where that is called from, or goes on. */
  private async pauseLater(
    client: InspectorClient,
    [first]: readonly CallFrame[],
    isWithinUsers: boolean,
  ): Promise<void> {
    if (isWithinUsers) await client.request('Debugger.stepOut');
    else if (first && this.known.has(first.location.scriptId))
      await client.request('Debugger.stepInto');
    else {
      await client.request('Debugger.resume');
      setTimeout(() => {
        if (this.isPauseAsked && this.client === client)
          client.request('Debugger.pause').catch(() => undefined);
      }, PAUSE_AGAIN_MS).unref();
    }
  }

  /** A module that a step has loaded: the step goes on behind its code, or in it. */
  private afterInstrumentation(): string {
    const { step } = this;
    if (!step) return 'Debugger.resume';
    return step.command === 'Debugger.stepInto' ? 'Debugger.stepInto' : 'Debugger.stepOut';
  }

  private whyStopped(reason: string, isBreakpoint: boolean): StopReason {
    if (reason === 'exception' || reason === 'promiseRejection') return 'exception';
    if (isBreakpoint) return 'breakpoint';
    if (this.step) return 'step';
    return this.isPauseAsked ? 'pause' : 'breakpoint';
  }

  private forgetProcess(): void {
    this.client?.close();
    this.client = undefined;
    this.values = undefined;
    this.scripts.clear();
    this.known.clear();
    this.breakpoints.lost();
    this.step = undefined;
    this.isPauseAsked = false;
  }

  private attachedClient({ command }: DapRequest): InspectorClient {
    if (this.client) return this.client;
    throw notStarted(command);
  }

  private publish(event: string, body: object): void {
    this.parts.publish({ seq: this.seq++, type: 'event', event, body });
  }
}

function notStarted(command: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-request',
    `debug_request ${command}: the debugger is not started`,
    'Send "initialize" and "attach" first.',
  );
}

function pathIn(command: string, args: JsonObject): string {
  const fields = new Fields(`debug_request ${command}`, args);
  return new Fields(`debug_request ${command}: source`, fields.object('source')).string('path');
}

function wantedIn(command: string, { breakpoints, lines }: JsonObject): readonly Wanted[] {
  const all = breakpoints ?? (Array.isArray(lines) ? lines.map((line: unknown) => ({ line })) : []);
  if (!Array.isArray(all) || !all.every(isJsonObject)) {
    throw new HalfnoteError(
      'invalid-request',
      `debug_request ${command}: "breakpoints" is ${JSON.stringify(breakpoints).slice(0, 60)}, expected a list of objects`,
    );
  }
  return all.map((each) => {
    const fields = new Fields(`debug_request ${command}: breakpoint`, each);
    const condition = fields.optionalString('condition');
    const line = fields.integerWithin('line', 1, Number.MAX_SAFE_INTEGER);
    return { line, condition: condition?.trim() === '' ? undefined : condition };
  });
}
