import type { Component, Meter } from './meter';

/** A device that draws nothing: what a machine without the component has, as an ordinary meter. */
export function nullMeter(component: Component): Meter {
  return {
    component,
    method: 'counter',
    source: `no ${component}: nothing is drawn`,
    idle: { watts: 0, source: 'there is no device' },
    read: () => ({ joules: 0, watts: 0, gaps: 0, resets: 0 }),
  };
}
