import type { FloatModel } from '../../models/graph-model';
import type { CarbonOptions } from '../../energy/carbon/factor';
import type { Quantity } from '../../quantities/quantity';

/** Hardware, place and prices of a training. */
export interface ResourceOptions extends CarbonOptions {
  /** Devices that share the work. Default 1. */
  readonly devices?: number;
  /** Throughput of N devices over N times that of one, above 0 to 1. Without it scaling is taken for perfect. */
  readonly efficiency?: number;
  /** An accelerator by name: its peak and its power are taken from the data sheet. */
  readonly device?: string;
  /** Of the products, for the device's peak. Default `bf16`, where the device has it, else `fp16`. */
  readonly format?: string;
  /** FLOP/s of one device; instead of `device`. */
  readonly peakFlops?: number;
  /** How much of the peak is reached, above 0 to 1. Without it what large trainings published. */
  readonly utilization?: number;
  /** Mean power of one device in W, with its share of the host; instead of the data sheet's. */
  readonly powerW?: number | Quantity;
  /** Joules of one step on one device, as measured; instead of power. */
  readonly stepJ?: number | Quantity;
  /** Of electricity. */
  readonly pricePerKWh?: number;
  /** Of renting one device for an hour, electricity included. */
  readonly pricePerDeviceHour?: number;
  /** ISO 4217 code; needed with a price. */
  readonly currency?: string;
}

/** What is to be done: by a step that was measured, or by FLOPs. */
export interface WorkOptions {
  /** Seconds of one step on one device, as measured. */
  readonly stepS?: number | Quantity;
  readonly steps?: number;
  /** Samples of an epoch. */
  readonly samples?: number;
  readonly epochs?: number;
  /** Samples of a step. Needed to get from samples to steps. */
  readonly batchSize?: number;
  /** FLOPs of the whole training. */
  readonly flops?: number;
  /** FLOPs of training on one sample, forward and backward. */
  readonly flopsPerSample?: number;
  /** Instead of `flopsPerSample`: what `modelCost` counts of a training step of this model. */
  readonly model?: FloatModel;
}

export interface GpuHoursOptions extends WorkOptions, ResourceOptions {}

/** What there is to spend: one of these. */
export interface Budget {
  /** Hours of devices: 80 are 10 hours of 8. */
  readonly budgetHours?: number;
  /** Of the devices, without the PUE. */
  readonly budgetJ?: number;
  /** In `currency`. */
  readonly budgetMoney?: number;
  readonly budgetCO2eG?: number;
}

export interface TrainingBudgetOptions
  extends Omit<WorkOptions, 'flops' | 'steps' | 'epochs'>, ResourceOptions, Budget {}
