import { si } from 'halfnote/mime';
import type { PowerSample } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from '../dom/element';
import { svgElement } from '../dom/svg';

const WIDTH = 240;
const HEIGHT = 56;
/** Without a reading for so long, the line has a gap. */
const GAP_S = 70;

/** Power over time: the machine's, and that of the user's code. What it shows is said in its label. */
export function powerChart(power: readonly PowerSample[], trans: TranslationBundle): HTMLElement {
  const [first, last] = [power[0], power.at(-1)];
  if (first === undefined || last === undefined || power.length < 2)
    return element('p', { class: 'hn-hint' }, [
      trans.__('Power over time is drawn once it was read twice.'),
    ]);
  const most = Math.max(...power.map(([, userW, machineW]) => Math.max(userW, machineW)), 1e-9);
  const seconds = Math.max(last[0] - first[0], 1);
  const line = (of: (sample: PowerSample) => number): string =>
    power
      .map((sample, index) => {
        const x = ((sample[0] - first[0]) / seconds) * WIDTH;
        const y = HEIGHT - 1 - (Math.max(0, of(sample)) / most) * (HEIGHT - 2);
        const before = power[index - 1];
        const isMoved = before === undefined || sample[0] - before[0] > GAP_S;
        return `${isMoved ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join('');
  const label = trans.__(
    'Power over the last %1: at most %2; now %3, of it your code %4',
    minutes(seconds),
    si(most, 'W'),
    si(last[2], 'W'),
    si(last[1], 'W'),
  );
  return element('figure', { class: 'hn-power' }, [
    picture(label, [
      ['hn-power-machine', line(([, , machineW]) => machineW)],
      ['hn-power-user', line(([, userW]) => userW)],
    ]),
    element('figcaption', {}, [
      element('span', { class: 'hn-key hn-key-machine' }, [trans.__('whole machine')]),
      element('span', { class: 'hn-key hn-key-user' }, [trans.__('your code')]),
      element('span', { class: 'hn-power-scale' }, [`0–${si(most, 'W')}, ${minutes(seconds)}`]),
    ]),
  ]);
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function picture(label: string, lines: readonly (readonly [string, string])[]): SVGSVGElement {
  return svgElement(
    'svg',
    {
      ...{ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none' },
      ...{ role: 'img', 'aria-label': label },
    },
    lines.map(([name, d]) => svgElement('path', { class: name, d })),
  );
}
