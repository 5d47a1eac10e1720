import { registerCommTarget } from '../../comm/comms';
import type { Comm } from '../../comm/comm';
import { HalfnoteError, shown } from '../../errors';
import { separateBuffers } from '../buffers';
import { CONTROL_TARGET, CONTROL_VERSION, type State } from '../protocol';

/** What is asked of a model here. */
interface Model {
  readonly modelId: string;
  readonly state: State;
}

const models = new Map<string, Model>();
let isControlled = false;

/** From now on a page that is loaded again hears of the model. */
export function opened(model: Model): void {
  models.set(model.modelId, model);
  if (isControlled) return;
  isControlled = true;
  registerCommTarget(CONTROL_TARGET, (comm, { metadata }) => {
    control(comm as Comm<{ readonly method?: string }>, metadata['version']);
  });
}

export function closed(modelId: string): void {
  models.delete(modelId);
}

export function isOpen(modelId: string): boolean {
  return models.has(modelId);
}

/** The widget of an id, as a reference of another one names it. */
export function modelOf(modelId: string): Model | undefined {
  return models.get(modelId);
}

function control(comm: Comm<{ readonly method?: string }>, version: unknown): void {
  const [major] = CONTROL_VERSION.split('.');
  if (typeof version === 'string' && version.split('.')[0] !== major)
    throw new HalfnoteError(
      'invalid-argument',
      `The front end's widgets speak version ${shown(version)} of ${CONTROL_TARGET}. Allowed: ${major}.x.`,
      'Install the jupyterlab_widgets 3 that belongs to ipywidgets 8.',
    );
  comm.onMessage(({ data }) => {
    if (data.method !== 'request_states') return;
    const states = Object.fromEntries(
      [...models.values()].map(({ modelId, state }) => [
        modelId,
        {
          model_name: state['_model_name'],
          model_module: state['_model_module'],
          model_module_version: state['_model_module_version'],
          state,
        },
      ]),
    );
    const separated = separateBuffers(states);
    comm.send(
      {
        method: 'update_states',
        states: separated.state,
        buffer_paths: separated.bufferPaths,
      },
      { buffers: separated.buffers },
    );
  });
}
