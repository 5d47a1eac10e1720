import { PROTOCOL_VERSION, type JsonObject } from './message';

export interface KernelInfoReply {
  readonly status: 'ok';
  readonly protocol_version: string;
  readonly implementation: string;
  readonly implementation_version: string;
  readonly language_info: {
    readonly name: string;
    readonly version: string;
    readonly mimetype: string;
    readonly file_extension: string;
    readonly pygments_lexer: string;
    readonly codemirror_mode: JsonObject;
    readonly nbconvert_exporter: string;
  };
  readonly banner: string;
  readonly help_links: readonly { readonly text: string; readonly url: string }[];
  /** For front ends that don't know of `supported_features`. */
  readonly debugger: boolean;
  /** Optional parts of the protocol that really work here: no subshells. */
  readonly supported_features: readonly string[];
}

/** What we are. Knows nothing that would need TypeScript to be loaded. */
export function kernelInfo(version: string, typescriptVersion: string): KernelInfoReply {
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: 'halfnote',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescriptVersion,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      // Not `halfnote`: nbconvert shows a notebook without any colour where that lexer isn't installed.
      pygments_lexer: 'typescript',
      // Where our extension isn't, no mode has this name, and JupyterLab goes by the rest.
      codemirror_mode: { name: 'halfnote', mime: 'application/typescript', extensions: ['ts'] },
      nbconvert_exporter: 'script',
    },
    banner: `Halfnote ${version}: TypeScript ${typescriptVersion} with measured numeric precision. %lsmagic lists the magics.`,
    help_links: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/' },
    ],
    debugger: true,
    supported_features: ['debugger'],
  };
}
