/** One hue per meaning, readable on white and on black. Opacity carries density, never meaning. */
export const HUE = {
  normal: '#3b82c4',
  subnormal: '#d9951a',
  underflow: '#d4483b',
  overflow: '#a855c7',
  neutral: '#8a8f98',
} as const;
