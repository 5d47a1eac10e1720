import { isInterrupt } from '../../host';
import type { Candidate, Outputs } from './candidates/candidate';
import { type EnergyMeter, type EnergyReading, measurePerBatch } from './energy';
import type { BaselineOf, Measured } from './measured';
import { runAndWait } from './run-and-wait';
import { timeInterleaved } from './timing';

const TIMING = { repeats: 20, warmUp: 3, budgetS: 20 } as const;
/** ONNX Runtime's threads look for more work for about 10 ms, and take that time from the next format. */
const REST_MS = 15;

/** Times candidates in rounds of single runs, then reads the energy of each over some tenths of a second. */
export async function measureByRounds(
  candidates: readonly Candidate[],
  batch: Outputs,
  options: {
    readonly repeats?: number | undefined;
    readonly meter: EnergyMeter | undefined;
    readonly baselineOf: BaselineOf;
  },
): Promise<Measured> {
  const latencies = timeInterleaved(
    candidates.map((candidate) => () => {
      runAndWait(candidate, batch);
    }),
    {
      ...TIMING,
      repeats: options.repeats ?? TIMING.repeats,
      restMs: candidates.some(isInOnnxRuntime) ? REST_MS : 0,
    },
  );
  const medians = new Map(candidates.map((candidate, i) => [candidate, latencies[i]?.median]));
  const { of: energies, notes } = await measureAll(candidates, batch, options.meter);
  const of = new Map(
    candidates.flatMap((candidate, i) => {
      const latency = latencies[i];
      if (latency === undefined) return [];
      const baseline = medians.get(options.baselineOf(candidate));
      const speedup = baseline === undefined ? null : baseline / latency.median;
      return [[candidate, { latency, speedup, energy: energies.get(candidate) }] as const];
    }),
  );
  return { of, notes };
}

/** As a whole, or in a layer's kernel for four bits. */
function isInOnnxRuntime({ runtime, engine }: Candidate): boolean {
  return runtime === 'onnxruntime' || engine.includes('ONNX Runtime');
}

interface Energies {
  readonly of: ReadonlyMap<Candidate, EnergyReading>;
  readonly notes: readonly string[];
}

/** A meter that fails costs the table its energy figures, not the user the comparison. */
async function measureAll(
  candidates: readonly Candidate[],
  batch: Outputs,
  meter: EnergyMeter | undefined,
): Promise<Energies> {
  const readings = new Map<Candidate, EnergyReading>();
  if (meter === undefined) return { of: readings, notes: [] };
  try {
    for (const candidate of candidates) {
      const run = (): void => {
        runAndWait(candidate, batch);
      };
      const reading = await measurePerBatch(meter, `compare ${candidate.format}`, run);
      if (reading !== undefined) readings.set(candidate, reading);
    }
    return { of: readings, notes: [] };
  } catch (error) {
    if (isInterrupt(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { of: new Map(), notes: [`No energy figures: ${reason}`] };
  }
}
