import { HUE, SHADES } from 'halfnote/mime';
import { expect, it } from 'vitest';
import { ZONE_SPAN, zonePlace, zoneScale } from './zones';

it('gives each zone its hue at its darkest, and the scale its whole length', () => {
  const scale = zoneScale();
  const places = scale.map(([at]) => at);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect([places[0], places.at(-1)]).toEqual([0, 1]);
  const [, all] = ZONE_SPAN;
  const darkest = scale.find(([at]) => at === zonePlace('normal', SHADES) / all);
  const rgb = [1, 3, 5].map((at) => Number.parseInt(HUE.normal.slice(at, at + 2), 16));
  expect(darkest?.[1]).toBe(`rgba(${rgb.join(',')},1.000)`);
});
