import type { NotedFacts } from '../../backend/noted-facts';
import type { Report } from '../../report/schema';

/** What computed the cells' tensors: null where they loaded none. More than one where trials differ. */
export function engineSettings(engines: readonly NotedFacts[]): Report['settings'] {
  return {
    engine: joined(engines.map(({ name }) => name)),
    engineDevice: joined(engines.map(({ device }) => device)),
    nativeFormats: joined(engines.map(({ nativeFormats }) => nativeFormats.join(', '))),
  };
}

/** Of the library that computed, not of one that lies on the disk. */
export function engineVersions(engines: readonly NotedFacts[]): Report['identity']['versions'] {
  const packages = { tensorflow: 'tensorflow', wasm: '@tensorflow/tfjs-backend-wasm' } as const;
  return Object.fromEntries(engines.map(({ engine, version }) => [packages[engine], version]));
}

function joined(names: readonly string[]): string | null {
  return names.length === 0 ? null : [...new Set(names)].join('; ');
}
