import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { type NativeBackend, native } from '../backend/binding';
import { TFJS_NODE } from '../backend/tensorflow/addon';
import type { StorageFormat } from '../backend/contract';
import { DT } from '../backend/dtypes';
import { castHandle, handleOf, nativeDtype, tensorFromHandle } from '../backend/raw';
import { castTo, storageFormat } from '../backend/storage';
import { HalfnoteError } from '../errors';
import { replaceProperty } from './methods';
import { instancePatch, type InstancePatch, type Patch } from './patch';

/** An input or output of a signature, as tfjs-node describes it. */
export interface TensorInfo {
  /** Undefined where no tfjs tensor can be such. */
  readonly dtype: tf.DataType | undefined;
  readonly tfDtype: string;
  readonly name: string;
  readonly shape: unknown;
}

type Infos = Readonly<Record<string, TensorInfo>>;

interface Signature {
  readonly inputs: Infos;
  readonly outputs: Infos;
}

interface MetaGraph {
  readonly tags: readonly string[];
  readonly signatureDefs: Readonly<Record<string, Signature>>;
}

/** tfjs-node's protobuf messages, as far as they are read here. */
interface ProtoMap<V> {
  forEach(visit: (value: V, key: string) => void): void;
}
interface ProtoTensor {
  getDtype(): number;
  getName(): string;
  getTensorShape(): { getDimList(): unknown };
}
interface ProtoSignature {
  getInputsMap(): ProtoMap<ProtoTensor>;
  getOutputsMap(): ProtoMap<ProtoTensor>;
}
interface ProtoModel {
  getMetaGraphsList(): {
    getMetaInfoDef(): { getTagsList(): string[] };
    getSignatureDefMap(): ProtoMap<ProtoSignature>;
  }[];
}

interface SavedModelModule {
  readSavedModelProto(path: string): Promise<ProtoModel>;
  readonly TFSavedModel: new (
    sessionId: number,
    id: number,
    signature: Signature,
    backend: NativeBackend,
  ) => object;
}

/** What tfjs has for TensorFlow's types; floats are stored as what the format says. */
const TYPES: Readonly<Record<string, tf.DataType>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_BFLOAT16: 'float32',
  DT_INT64: 'int32',
  DT_INT32: 'int32',
  DT_UINT8: 'int32',
  DT_BOOL: 'bool',
  DT_COMPLEX64: 'complex64',
  DT_STRING: 'string',
};
const FORMATS: Readonly<Record<string, StorageFormat>> = {
  DT_FLOAT: 'fp32',
  DT_HALF: 'fp16',
  DT_BFLOAT16: 'bf16',
};
/** By their codes, as tfjs-node has most of them. */
const TYPE_NAMES = new Map(
  Object.entries(DT).map(([name, code]) => [code as number, `DT_${name.toUpperCase()}`]),
);
/** TensorFlow's own signature. */
const INTERNAL = '__saved_model_init_op';

const moduleAt = createRequire(__filename);
const savedModels = (): SavedModelModule =>
  moduleAt(`${TFJS_NODE}/dist/saved_model`) as SavedModelModule;
const nodeOf = (): object => (moduleAt(TFJS_NODE) as { readonly node: object }).node;

/** Sessions that models are in, by path and tags. */
const sessions = new Map<string, { readonly id: number; users: number }>();
let lastId = 0;

async function metaGraphsOf(path: string): Promise<MetaGraph[]> {
  const infoOf = (tensor: ProtoTensor): TensorInfo => {
    const tfDtype = TYPE_NAMES.get(tensor.getDtype()) ?? `type ${tensor.getDtype()}`;
    const shape = tensor.getTensorShape().getDimList();
    return { dtype: TYPES[tfDtype], tfDtype, name: tensor.getName(), shape };
  };
  const model = await savedModels().readSavedModelProto(path);
  return model.getMetaGraphsList().map((graph) => {
    const signatures = mapped(graph.getSignatureDefMap(), (signature) => ({
      inputs: mapped(signature.getInputsMap(), infoOf),
      outputs: mapped(signature.getOutputsMap(), infoOf),
    }));
    const own = Object.entries(signatures).filter(([key]) => key !== INTERNAL);
    return { tags: graph.getMetaInfoDef().getTagsList(), signatureDefs: Object.fromEntries(own) };
  });
}

function mapped<V, W>(map: ProtoMap<V>, make: (value: V) => W): Record<string, W> {
  const made: Record<string, W> = {};
  map.forEach((value, key) => (made[key] = make(value)));
  return made;
}

async function loadSavedModel(
  path: string,
  tags: readonly string[] = ['serve'],
  name = 'serving_default',
): Promise<object> {
  const graphs = await metaGraphsOf(path);
  const wanted = [...tags].sort().join();
  const graph = graphs.find((each) => [...each.tags].sort().join() === wanted);
  if (graph === undefined) {
    const there = graphs.map((each) => each.tags.join('+')).join(', ');
    throw new HalfnoteError(
      'invalid-argument',
      `The SavedModel ${path} has no graph with the tags ${tags.join(', ')}; it has ${there}.`,
    );
  }
  const signature = signatureOf(graph, name, path);
  const key = `${path}\0${wanted}`;
  const session = sessions.get(key) ?? {
    id: native().loadSavedModelMetaGraph(path, tags.join(',')),
    users: 0,
  };
  session.users++;
  sessions.set(key, session);
  // tfjs-node's models give their session back to the backend when they are disposed of.
  const backend = Object.create(native(), {
    deleteSavedModel: {
      value: (id: number) => {
        if (--session.users > 0) return;
        sessions.delete(key);
        native().deleteSavedModel(id);
      },
    },
  }) as NativeBackend;
  const { TFSavedModel } = savedModels();
  // Its own models count up from 0.
  return new TFSavedModel(session.id, --lastId, signature, backend);
}

function signatureOf({ signatureDefs }: MetaGraph, name: string, path: string): Signature {
  const signature = Object.hasOwn(signatureDefs, name) ? signatureDefs[name] : undefined;
  const isUsable = ({ inputs, outputs }: Signature): boolean =>
    [...Object.values(inputs), ...Object.values(outputs)].every(({ dtype }) => dtype !== undefined);
  const usable = Object.keys(signatureDefs).filter((key) =>
    isUsable(signatureDefs[key] as Signature),
  );
  const allowed = `Allowed are ${usable.join(', ')}.`;
  if (signature === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `The SavedModel ${path} has no signature '${name}'. ${allowed}`,
    );
  }
  for (const [side, infos] of Object.entries(signature)) {
    for (const [key, { dtype, tfDtype }] of Object.entries(infos as Infos)) {
      if (dtype !== undefined) continue;
      throw new HalfnoteError(
        'unsupported-type',
        `The signature '${name}' of ${path} has '${key}' among its ${side}, which is ${tfDtype}: no tfjs tensor can be such. ${allowed}`,
        'Or cast it in a function of the model, and save that as a signature.',
      );
    }
  }
  return signature;
}

const replaced = (member: string, why: string, value: unknown): Patch => ({
  target: 'tfjs-node node',
  member,
  why,
  on: 'native',
  isThere: () => typeof Reflect.get(nodeOf(), member) === 'function',
  install: () => replaceProperty(nodeOf(), member, value),
});

export const savedModelPatches: readonly Patch[] = [
  replaced(
    'getMetaGraphsFromSavedModel',
    'Signatures are listed whichever types they have; tfjs-node refuses the whole model for one.',
    metaGraphsOf,
  ),
  replaced(
    'loadSavedModel',
    'A signature is usable whatever the others are, and 16-bit floats are types like others.',
    loadSavedModel,
  ),
];

export const runSavedModel: InstancePatch = instancePatch(
  'runSavedModel',
  "Floats go in as the signature's, stored in 16 bits or 32; what is of another kind is refused.",
  (original) => (id, inputs, infos, outputs) => {
    const cast: Tensor[] = [];
    const given = inputs.map((tensor, i) => {
      const info = infos[i] as TensorInfo | undefined;
      if (info === undefined) return tensor;
      checkKind(tensor, info);
      const format = FORMATS[info.tfDtype];
      if (format === undefined || storageFormat(tensor) === format) return tensor;
      const converted = castTo(tensor, format);
      cast.push(converted);
      return converted;
    });
    const results = original(id, given, infos, outputs).map(readable);
    tf.dispose(cast);
    return results;
  },
);

/** tfjs-node hands bytes on, but reads none. */
function readable(output: Tensor): Tensor {
  if (nativeDtype(output) !== DT.uint8) return output;
  const id = castHandle(handleOf(output), DT.uint8, DT.int32);
  const shape = output.shape.slice();
  output.dispose();
  return tensorFromHandle({ id, shape, dtype: DT.int32 });
}

/** tfjs-node truncates floats, and lets bytes wrap. */
function checkKind(tensor: Tensor, { dtype, tfDtype, name }: TensorInfo): void {
  if (tensor.dtype !== dtype) {
    throw new HalfnoteError(
      'unsupported-type',
      `The SavedModel's input '${name}' is ${tfDtype}, which is fed from ${dtype ?? 'nothing'}, not from a ${tensor.dtype} tensor.`,
      `Convert it where that is meant: tf.cast(x, '${dtype ?? ''}').`,
    );
  }
  if (tfDtype !== 'DT_UINT8') return;
  const value = tensor.dataSync<'int32'>().find((byte) => byte < 0 || byte > 255);
  if (value === undefined) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The SavedModel's input '${name}' is ${tfDtype}, which holds 0 to 255; the tensor has ${value}.`,
  );
}
