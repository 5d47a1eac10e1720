import { createRequire } from 'node:module';
import { HalfnoteError, shortened } from '../errors';
import { graphModel } from '../models/graph-model';
import type { Method, Replacement } from './methods';
import { methodPatch, type Patch } from './patch';

/** What tfjs says where a topology is none of layers; the whole of it follows. */
const NO_LAYERS = 'Improper config format: ';
/** How the topology of a graph model begins, whichever of its parts comes first. */
const GRAPH = /^[^{]*\{"(node|library|versions)":/;

/** What loads a model says in words what its file is, where tfjs prints all of it. */
function explaining(explained: (error: Error) => Error): (load: Method) => Replacement {
  return (load) =>
    async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      try {
        return await load.apply(this, args);
      } catch (error) {
        throw error instanceof Error ? explained(error) : error;
      }
    };
}

function ofLayers(error: Error): Error {
  const [, topology] = error.message.split(NO_LAYERS, 2);
  if (topology !== undefined && GRAPH.test(topology)) return graphModel('This is');
  error.message = shortened(error.message);
  return error;
}

/** A graph's versions are the first thing that tfjs reads of it. */
function ofGraph(error: Error): Error {
  return error instanceof TypeError && error.message.includes("'producer'")
    ? new HalfnoteError(
        'invalid-model-file',
        'This is no tf.GraphModel: its topology has no versions of TensorFlow.',
        'A layers model is loaded by tf.loadLayersModel(), or by loadTfjs().',
      )
    : error;
}

/** A module of tfjs, whose exports `@tensorflow/tfjs` hands on. */
function moduleOf(name: string): object {
  const fromTfjs = createRequire(createRequire(__filename).resolve('@tensorflow/tfjs'));
  return fromTfjs(`@tensorflow/${name}`) as object;
}

const layers = (): object => moduleOf('tfjs-layers');
const WHY = 'What is no layers model is told in a sentence; tfjs prints its whole topology.';

export const loaderPatches: readonly Patch[] = [
  methodPatch(
    { target: 'tfjs-layers', member: 'loadLayersModel', why: WHY },
    layers,
    explaining(ofLayers),
  ),
  methodPatch(
    { target: 'tfjs-layers models', member: 'modelFromJSON', why: WHY },
    () => (layers() as { readonly models: object }).models,
    explaining(ofLayers),
  ),
  methodPatch(
    {
      target: 'tfjs-converter',
      member: 'loadGraphModel',
      why: 'Of a layers model it says that it is none of a graph, not what it could not read.',
    },
    () => moduleOf('tfjs-converter'),
    explaining(ofGraph),
  ),
];
