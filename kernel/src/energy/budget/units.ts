/** What budgets are written in: joules a unit. */
export const JOULES = {
  J: 1,
  kJ: 1e3,
  MJ: 1e6,
  GJ: 1e9,
  Wh: 3600,
  kWh: 3.6e6,
  MWh: 3.6e9,
} as const;

/** And grams of CO2e a unit. */
export const GRAMS = { g: 1, kg: 1e3, t: 1e6 } as const;

/** `J, kJ, ..., or g, kg, t of CO2e`. */
export const UNITS_IN_WORDS = `${Object.keys(JOULES).join(', ')}, or ${Object.keys(GRAMS).join(', ')} of CO2e`;
