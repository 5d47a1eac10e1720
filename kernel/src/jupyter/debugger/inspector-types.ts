/** What of the Chrome DevTools Protocol the debugger reads. Lines and columns count from 0 there. */

export interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

export interface BreakLocation extends Location {
  readonly type?: 'debuggerStatement' | 'call' | 'return';
}

export interface RemoteObject {
  readonly type: string;
  readonly subtype?: string;
  readonly className?: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly description?: string;
  readonly objectId?: string;
}

export interface PropertyDescriptor {
  readonly name: string;
  readonly value?: RemoteObject;
  readonly get?: RemoteObject;
  readonly enumerable: boolean;
  readonly symbol?: RemoteObject;
}

export interface Scope {
  readonly type: string;
  readonly object: RemoteObject;
  readonly name?: string;
}

export interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly functionLocation?: Location;
  readonly location: Location;
  readonly url: string;
  readonly scopeChain: readonly Scope[];
  readonly this: RemoteObject;
}

export interface Paused {
  readonly callFrames: readonly CallFrame[];
  readonly reason: string;
  readonly data?: { readonly description?: string };
  readonly hitBreakpoints?: readonly string[];
}

export interface Evaluated {
  readonly result: RemoteObject;
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: RemoteObject;
  };
}
