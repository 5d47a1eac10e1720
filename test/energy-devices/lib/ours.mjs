import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const require = createRequire(import.meta.url);
const devices = join(root, 'kernel/dist/energy/devices');
const { findRapl } = require(join(devices, 'rapl.js'));
const { findNvml } = require(join(devices, 'nvml.js'));
const { MeterFailure } = require(join(devices, 'failure.js'));
const { NvmlError } = require(join(devices, 'nvml-binding.js'));

/** Our meters of one tree, added up: joules, and what they say is missing. */
export class Ours {
  #meters;
  #absent;
  #last = [];

  constructor({ meters, absent }) {
    this.#meters = meters;
    this.#absent = absent;
  }

  static powercap(tree) {
    return new Ours(findRapl(tree.root, tree.read));
  }

  static gpus(gpus, env) {
    return new Ours(findNvml({ load: () => gpus.binding(NvmlError), env }));
  }

  read(nowS) {
    this.#last = this.#meters.map((meter) => {
      try {
        return { ...meter.read(nowS), isFailing: false };
      } catch (error) {
        if (!(error instanceof MeterFailure)) throw error;
        return { ...error.last, isFailing: true };
      }
    });
  }

  get joules() {
    return this.#last.reduce((sum, { joules }) => sum + joules, 0);
  }

  get isEmpty() {
    return this.#meters.length === 0;
  }

  /** What makes the figure incomplete, and what else was found; empty when all is well. */
  get said() {
    const sum = (key) => this.#last.reduce((total, reading) => total + reading[key], 0);
    const count = (number, word) =>
      number === 0 ? [] : [`${number} ${word}${number > 1 ? 's' : ''}`];
    return [
      ...count(sum('resets'), 'reset'),
      ...count(sum('gaps'), 'gap'),
      ...this.#last.flatMap(({ isFailing }, index) =>
        isFailing ? [`${this.#meters[index].source}: unreadable at the end`] : [],
      ),
      ...this.#absent.map(({ device, reason }) => `${device}: ${reason}`),
    ];
  }

  get isComplete() {
    const isWhole = this.#last.every(
      ({ gaps, resets, isFailing }) => gaps === 0 && resets === 0 && !isFailing,
    );
    return !this.isEmpty && isWhole && !this.#absent.some((one) => one.leavesIncomplete);
  }
}
