/** The widget protocol of ipywidgets 8, version 2 of its messages. */

/** Target of the comm that each model has. */
export const WIDGET_TARGET = 'jupyter.widget';
/** Target of the comm by which a page that was loaded again asks for all models at once. */
export const CONTROL_TARGET = 'jupyter.widget.control';
export const PROTOCOL_VERSION = '2.1.0';
export const CONTROL_VERSION = '1.0.0';

/** A view of a model, as an output. */
export const VIEW_MIME = 'application/vnd.jupyter.widget-view+json';

/** A package of the front end that has models and views, and the version of what we tell it. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

export const BASE: Package = { name: '@jupyter-widgets/base', version: '2.0.0' };
export const CONTROLS: Package = { name: '@jupyter-widgets/controls', version: '2.0.0' };
export const OUTPUT: Package = { name: '@jupyter-widgets/output', version: '1.0.0' };

/** What a front end says of a model. */
export type FrontEndMessage =
  | {
      readonly method: 'update';
      readonly state?: State;
      readonly buffer_paths?: readonly BufferPath[];
    }
  | { readonly method: 'request_state' }
  | { readonly method: 'custom'; readonly content?: unknown };

/** A model's properties as they travel. */
export type State = Readonly<Record<string, unknown>>;

/** Where in a state its bytes stand: property names and places in lists. */
export type BufferPath = readonly (string | number)[];

const REFERENCE = 'IPY_MODEL_';

/** A model as a property of another. */
export function reference(modelId: string): string {
  return REFERENCE + modelId;
}
