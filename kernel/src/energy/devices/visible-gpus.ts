/** What tells a GPU from others, as NVML names it. */
export interface GpuIdentity {
  /** `GPU-8932f937-...` */
  readonly uuid: string;
  /** Of its instances (MIG), `MIG-...`; none on a GPU that isn't split. */
  readonly migUuids: readonly string[];
}

/**
 * The indices of the GPUs that CUDA programs see, in their order, by the value of `CUDA_VISIBLE_DEVICES`
 * as CUDA reads it (CUDA Programming Guide, "Environment Variables", and the driver's behaviour as
 * PyTorch's `torch.cuda` follows it): not set is all, empty is none; numbers, or UUIDs from their start
 * as far as they are unique; the list ends before the first entry that names no GPU; an entry that is
 * there twice makes the whole list void; of instances (MIG) only the first counts, here by its GPU.
 */
export function visibleGpus(
  value: string | undefined,
  gpus: readonly GpuIdentity[],
): readonly number[] {
  if (value === undefined) return gpus.map((_, index) => index);
  const names = value.split(',').map((name) => name.trim());
  const kind = kindOf(names[0] ?? '');
  const found: number[] = [];
  for (const name of kind === 'mig' ? names.slice(0, 1) : names) {
    const index = kindOf(name) === kind ? FINDERS[kind](name, gpus) : undefined;
    if (index === undefined) break;
    if (found.includes(index)) return [];
    found.push(index);
  }
  return found;
}

type Kind = 'index' | 'gpu' | 'mig';

function kindOf(name: string): Kind {
  if (name.startsWith('GPU-')) return 'gpu';
  return name.startsWith('MIG-') ? 'mig' : 'index';
}

type Finder = (name: string, gpus: readonly GpuIdentity[]) => number | undefined;

const FINDERS: Readonly<Record<Kind, Finder>> = {
  /** C's `strtol`: a number with whatever behind it. */
  index: (name, gpus) => {
    const index = Number(/^\+?\d+/.exec(name)?.[0]);
    return index < gpus.length ? index : undefined;
  },
  gpu: (name, gpus) => unique(gpus, ({ uuid }) => uuid.startsWith(name)),
  /** `MIG-<uuid>`, or with drivers before 470 `MIG-<uuid of the GPU>/<instance>/<compute instance>`. */
  mig: (name, gpus) => {
    const parent = /^MIG-(GPU-[^/]+)\//.exec(name)?.[1];
    return parent === undefined
      ? unique(gpus, ({ migUuids }) => migUuids.some((uuid) => uuid.startsWith(name)))
      : unique(gpus, ({ uuid }) => uuid.startsWith(parent));
  },
};

function unique(
  gpus: readonly GpuIdentity[],
  fits: (gpu: GpuIdentity) => boolean,
): number | undefined {
  const indices = gpus.flatMap((gpu, index) => (fits(gpu) ? [index] : []));
  return indices.length === 1 ? indices[0] : undefined;
}
