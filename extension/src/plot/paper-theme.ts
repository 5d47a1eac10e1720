import type { Theme } from './figure';

/** Black on white: charts of a paper, whatever the theme of the page is. */
export const PAPER: Theme = {
  text: '#24292f',
  muted: '#57606a',
  grid: '#d9dde3',
  background: '#ffffff',
  font: 'Helvetica, Arial, sans-serif',
  accents: ['#2463c2', '#c4620c', '#0d8574'],
  literature: '#7a828d',
  overflow: 'rgba(206, 44, 49, 0.14)',
  underflow: 'rgba(206, 44, 49, 0.14)',
  subnormal: 'rgba(226, 153, 16, 0.16)',
};

/** Of the smallest text in charts, in pixels: it is to be 7 points high. */
export const SMALLEST_PX = 11;
