/** NVIDIA GPUs as their management library shows them; energies go in as joules that were drawn. */
export class Gpus {
  /** @type {{uuid: string, migUuids: string[], mj: number, mw: number, isLost: boolean}[]} */
  states;

  constructor(count, { migUuids = [] } = {}) {
    this.states = Array.from({ length: count }, (_, index) => ({
      uuid: `GPU-${index}0000000-aaaa`,
      migUuids: index === 0 ? migUuids : [],
      mj: 5_000_000 + index,
      mw: 0,
      isLost: false,
    }));
  }

  /** So many joules, evenly over so many seconds. */
  draw(index, joules, seconds) {
    const gpu = this.states[index];
    gpu.mj += Math.round(joules * 1000);
    gpu.mw = Math.round((joules / seconds) * 1000);
  }

  /** The binding that `findNvml` is given. */
  binding(NvmlError) {
    const state = (index, call) => {
      if (this.states[index].isLost) throw new NvmlError(call, 15, 'GPU is lost');
      return this.states[index];
    };
    return {
      deviceCount: () => this.states.length,
      name: (index) => `GPU ${index}`,
      uuid: (index) => this.states[index].uuid,
      migUuids: (index) => this.states[index].migUuids,
      totalEnergyMj: (index) => BigInt(state(index, 'nvmlDeviceGetTotalEnergyConsumption').mj),
      powerMw: (index) => state(index, 'nvmlDeviceGetPowerUsage').mw,
      shutdown: () => undefined,
    };
  }
}
