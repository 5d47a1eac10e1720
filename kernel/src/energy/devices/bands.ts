import type { Meter } from './meter';

type Band = NonNullable<Meter['band']>;

/**
 * How far counters may lie from the truth. Makers hardly say; where nobody does, the width is a choice of
 * ours, and its source says that it is one.
 */
export const RAPL_PACKAGE_BAND: Band = {
  low: 0.9,
  high: 1.1,
  source:
    'no maker states how exact RAPL is; 10 % is our choice. From Haswell on Intel measures (Hackenberg et al. 2015, doi 10.1109/IPDPSW.2015.70), and readings follow plug power closely (Khan et al. 2018, doi 10.1145/3177754); AMD models, and leaves parts out (Schöne et al. 2021, arXiv 2108.00808)',
};

export const RAPL_DRAM_BAND: Band = {
  low: 0.8,
  high: 1.2,
  source:
    'no maker states how exact RAPL is; 20 % is our choice. Of memory it was found to be off by an offset that differs between machines, more so when idle (Desrochers et al. 2016, doi 10.1145/2989081.2989088)',
};

export const NVML_BAND: Band = {
  low: 0.95,
  high: 1.05,
  source:
    "NVML's reference: power is right within 5 % on Fermi and Kepler. It says nothing of later GPUs, for which 5 % is our choice; on some, power is only sampled for a quarter of the time (Yang et al. 2024, arXiv 2312.02741), so that what is uneven may lie beyond",
};

export const AMD_GPU_BAND: Band = {
  low: 0.9,
  high: 1.1,
  source: 'AMD states no accuracy of the sensors that amdgpu shows; 10 % is our choice',
};
