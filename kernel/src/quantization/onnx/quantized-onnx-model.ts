import { resolve } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import type { Execution } from '../../backend/contract';
import { OnnxFile } from '../../execution/saving/save-onnx';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import { summarizeOnnx, type OnnxValue } from '../../export/onnx/summary';
import { replaceFile } from '../../files/replace-file';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { QUANTIZED, type Quantized } from '../../models/check-model';
import type { QuantizationMode } from '../quantized-model';
import { reportBundle, type ReportRow } from '../report';
import type { OnnxInput } from './calibrate';
import type { WeightFormat } from '../../formats/uses';

export interface QuantizedOnnxParts {
  readonly model: OnnxModel;
  readonly bytes: Uint8Array;
  readonly mode: QuantizationMode;
  readonly format: WeightFormat;
  readonly nodes: readonly ReportRow[];
  readonly notes: readonly string[];
}

/**
 * An ONNX model whose weights `quantize` has made codes of, in ONNX Runtime on the CPU. It owns its
 * session: dispose of it after use.
 */
export class QuantizedOnnxModel implements Displayable, Quantized {
  readonly #parts: QuantizedOnnxParts;

  constructor(parts: QuantizedOnnxParts) {
    this.#parts = parts;
  }

  get [QUANTIZED](): true {
    return true;
  }
  /** The file's name of the float model. */
  get name(): string {
    return this.#parts.model.source;
  }
  get mode(): QuantizationMode {
    return this.#parts.mode;
  }
  /** What became of each product: format, ONNX Runtime's kernel, reason, bytes. */
  get nodes(): readonly ReportRow[] {
    return this.#parts.nodes;
  }
  get notes(): readonly string[] {
    return this.#parts.notes;
  }
  get inputs(): readonly OnnxValue[] {
    return this.#parts.model.inputs;
  }
  get outputs(): readonly OnnxValue[] {
    return this.#parts.model.outputs;
  }
  /** The file. */
  get bytes(): Uint8Array {
    return this.#parts.bytes;
  }
  /** Bytes of the products' weights, scales and biases as they are kept. */
  get weightBytes(): number {
    return this.nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }
  /** Bytes of the same before. */
  get floatWeightBytes(): number {
    return this.nodes.reduce((sum, { floatWeightBytes }) => sum + floatWeightBytes, 0);
  }
  /** `native` where each product with codes runs in a kernel that takes them. */
  get execution(): Execution {
    const coded = this.nodes.filter(({ execution }) => execution !== undefined);
    const isNative = coded.length > 0 && coded.every(({ execution }) => execution === 'native');
    return isNative ? 'native' : 'simulated';
  }

  /** As `predict` of the float model. @throws HalfnoteError as that. */
  predict(x: OnnxInput): Promise<Tensor | Tensor[]> {
    return this.#parts.model.predict(x);
  }

  /**
   * Writes the model as one ONNX file, whole or not at all.
   * @throws HalfnoteError `not-writable`.
   */
  async save(path: string): Promise<OnnxFile> {
    const target = resolve(path);
    await replaceFile(target, this.bytes, {
      what: `the model to ${path}`,
      hint: 'Name a file in a folder that you may write to, such as model.onnx.',
    });
    return new OnnxFile(target, summarizeOnnx(this.bytes, path));
  }

  /** Prints the report, by `console.log` if nothing else is given. */
  summary(print: (text: string) => void = console.log): void {
    print(String(this[JUPYTER_DISPLAY]()['text/plain']));
  }

  /** Frees the session and its weights. */
  dispose(): Promise<void> {
    return this.#parts.model.dispose();
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return reportBundle({
      title: `${this.name} in ${this.#parts.format} (${this.mode}) in ONNX Runtime`,
      layers: this.nodes,
      weightBytes: this.weightBytes,
      floatWeightBytes: this.floatWeightBytes,
      notes: this.notes,
    });
  }
}
