import type { FormatSupport } from '../../backend/contract';
import type { HardwareFormat } from '../../formats/uses';

/** What the product does with a format; undefined where nothing. */
export interface Use {
  /** What `%precision`, `%doctor` and `deviceFacts()` call it, where it is asked of the machine. */
  readonly support?: HardwareFormat;
  /** How models train in it. */
  readonly trains?: string;
  /** How trained models run in it. */
  readonly runs?: string;
  /** Instruction sets of CPUs on which it is native. */
  readonly cpu?: readonly string[];
  /** NVIDIA compute capability from which it is native. */
  readonly capability?: number;
  /** Where it is native on other conditions. */
  readonly native?: string;
  readonly engine: string;
  /** What is done where it isn't native. */
  readonly otherwise?: string;
}

/** One format with its numbers and what the product does with it. */
export interface FormatRow extends Use {
  readonly id: string;
  readonly label: string;
  /** Bits that a number takes, its part of a block's scale included. */
  readonly bits: number;
  /** NaN, as the two after it, where each layer has numbers of its own. */
  readonly max: number;
  readonly min: number;
  /** The smallest positive number. */
  readonly smallest: number;
  /** Distance from 1 to the next larger number; of integers 1. Undefined where 1 has no next. */
  readonly epsilon: number | undefined;
  /** On this machine, where its facts were given. */
  readonly here: FormatSupport | undefined;
}
