import { HalfnoteError, shown } from '../../errors';
import { cited } from '../../quantities/publication';
import type { Meter } from './meter';
import { readProcessor } from './processor';
import type { ProcessorFacts } from './processor';
import { PROCESSORS, knownProcessor } from './tdp-table';

/** Watts of a thread of a processor that isn't known: CodeCarbon's constant (`DEFAULT_POWER_PER_CORE`). */
export const UNKNOWN_CPU_WATTS_PER_THREAD = 4;

export const TDP_VARIABLE = 'HALFNOTE_TDP_W';

/** Thermal design power of all sockets; with the threads it is for, in a virtual machine those of the host. */
export interface Tdp {
  readonly watts: number;
  /** Default: those of this machine. */
  readonly threads?: number | undefined;
}

export interface ThreadPower {
  readonly wattsPerThread: number;
  /** How it came about, for a source. */
  readonly figure: string;
  readonly band: NonNullable<Meter['band']>;
  /** How to get a better figure, where this one is a guess. */
  readonly hint?: string;
}

export interface ThreadPowerOptions {
  readonly tdp?: Tdp | undefined;
  readonly proc?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** 100 kW: what no machine draws, and a typing error easily does. */
const MOST_TDP_W = 100_000;

const BAND_OF_TDP = {
  low: 0.6,
  high: 1.4,
  source: 'models from TDP were up to 40 % off a meter (Fischer 2025, arXiv:2509.22092)',
} as const;

/** What a processor that isn't known may be: any of those that are. */
function bandOfUnknown(): NonNullable<Meter['band']> {
  const watts = [...PROCESSORS.values()].map(({ tdpW, threads }) => tdpW / threads);
  const [least, most] = [Math.min(...watts), Math.max(...watts)];
  return {
    low: least / UNKNOWN_CPU_WATTS_PER_THREAD,
    high: most / UNKNOWN_CPU_WATTS_PER_THREAD,
    source: `the processor is not known: from ${least.toFixed(1)} to ${most.toFixed(1)} W a thread, as the TDPs of ${watts.length} processors are (product specifications of Intel and AMD)`,
  };
}

/**
 * Watts of a thread at full load: of the TDP that is given as `tdp` or in `HALFNOTE_TDP_W`, else of the
 * maker's TDP of a known processor, else 4 W, within what the known ones have.
 * @throws HalfnoteError `invalid-argument` for a TDP, `invalid-environment` for a variable, that is none.
 */
export function threadPower(options: ThreadPowerOptions = {}): ThreadPower {
  const facts = readProcessor(options.proc);
  const given = options.tdp ?? tdpOf((options.env ?? process.env)[TDP_VARIABLE]);
  if (given !== undefined) return fromGiven(given, facts);
  return fromTable(facts) ?? unknown(facts);
}

function fromGiven({ watts, threads }: Tdp, facts: ProcessorFacts): ThreadPower {
  if (!isTdp(watts)) {
    throw new HalfnoteError(
      'invalid-argument',
      `tdp.watts is ${shown(watts)}; it must be a number above 0 and at most ${MOST_TDP_W}.`,
    );
  }
  const of = threads ?? facts.threads;
  if (!Number.isInteger(of) || of < 1) {
    throw new HalfnoteError(
      'invalid-argument',
      `tdp.threads is ${shown(threads)}; it must be a whole number from 1.`,
    );
  }
  const figure = `TDP given, ${watts} W / ${of} threads`;
  return { wattsPerThread: watts / of, figure, band: BAND_OF_TDP };
}

/** On the metal all sockets share their TDP among the threads there are; a virtual machine has a part of one. */
function fromTable(facts: ProcessorFacts): ThreadPower | undefined {
  const known = knownProcessor(facts.modelName);
  if (known === undefined) return undefined;
  const { name, tdpW } = known;
  const source = `${name} (${cited(known.source)})`;
  if (facts.isVirtual) {
    const figure = `TDP ${tdpW} W / ${known.threads} threads of ${source}`;
    return { wattsPerThread: tdpW / known.threads, figure, band: BAND_OF_TDP };
  }
  const times = facts.sockets === 1 ? '' : `${facts.sockets} x `;
  return {
    wattsPerThread: (facts.sockets * tdpW) / facts.threads,
    figure: `TDP ${times}${tdpW} W / ${facts.threads} threads of ${source}`,
    band: BAND_OF_TDP,
  };
}

function unknown({ modelName }: ProcessorFacts): ThreadPower {
  const name = modelName === '' ? '' : `: ${modelName}`;
  return {
    wattsPerThread: UNKNOWN_CPU_WATTS_PER_THREAD,
    figure: `${UNKNOWN_CPU_WATTS_PER_THREAD} W a thread, CodeCarbon's constant for unknown processors${name}`,
    band: bandOfUnknown(),
    hint: `Its TDP can be given as ${TDP_VARIABLE}=280, or 280/128 where this machine has a share of 128 threads.`,
  };
}

/** `280`, or `280/128` with the threads that share it. */
function tdpOf(value: string | undefined): Tdp | undefined {
  if (value === undefined || value === '') return undefined;
  const [, watts, threads] = /^(\d+(?:\.\d+)?)(?:\/([1-9]\d*))?$/.exec(value) ?? [];
  if (!isTdp(Number(watts))) {
    throw new HalfnoteError(
      'invalid-environment',
      `${TDP_VARIABLE} is "${value}"; allowed are watts above 0 and at most ${MOST_TDP_W}, and watts/threads.`,
      `For example ${TDP_VARIABLE}=280, or 280/128 where this machine has a share of the 128 threads.`,
    );
  }
  return { watts: Number(watts), threads: threads === undefined ? undefined : Number(threads) };
}

function isTdp(watts: number): boolean {
  return typeof watts === 'number' && watts > 0 && watts <= MOST_TDP_W;
}
