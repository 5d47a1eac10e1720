import type { NotebookPanel } from '@jupyterlab/notebook';
import { printQuantity, si } from 'halfnote/mime';
import type { PolicyReport, SessionEnergyReport } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from '../dom/element';
import { feedsOf } from '../feeds/feeds';
import { COMMAND } from './command-ids';
import type { ShellContext } from './context';
import { methodText } from './method-text';

/** Shows a notebook's energy in `node` from now on; returns what ends that. */
export function showEnergy(
  node: HTMLElement,
  panel: NotebookPanel,
  { app, trans }: ShellContext,
): () => void {
  const button = element('button', { type: 'button', class: 'hn-energy-line' });
  button.addEventListener('click', () => void app.commands.execute(COMMAND.showEnergy));
  node.replaceChildren(button);
  const { policy, energy } = feedsOf(panel);
  const update = (): void => {
    const text = energyLine(policy.state, energy.state?.session, trans);
    if (button.textContent !== text) button.textContent = text;
    button.title = energyTitle(energy.state?.session, trans);
  };
  const ends = [policy.read(update), energy.read(update, 'session')];
  return () => {
    for (const end of ends) end();
    node.replaceChildren();
  };
}

/** `fp16 · 23.4 W · 1.20 kJ · 0.158 g CO2e`. */
export function energyLine(
  policy: PolicyReport | undefined,
  session: SessionEnergyReport | undefined,
  trans: TranslationBundle,
): string {
  const precision = policy === undefined ? [] : [policy.running ?? policy.policy];
  if (session === undefined) return [...precision, trans.__('no energy yet')].join(' · ');
  const { powerW, energyJ, co2eG } = session;
  return [
    ...precision,
    ...(powerW === null ? [] : [si(powerW, 'W')]),
    printQuantity({ ...energyJ, complete: true }, 'J', { interval: false }),
    `${si(co2eG, 'g')} CO2e`,
  ].join(' · ');
}

/** What the line is about, and how its figures came about. */
export function energyTitle(
  session: SessionEnergyReport | undefined,
  trans: TranslationBundle,
): string {
  if (session === undefined) return trans.__('The kernel has told no energy yet');
  const { energyJ, machineW, machineJ, method, region, assumed } = session;
  const short = { interval: false } as const;
  return [
    trans.__('Precision, power now, and energy and CO2e of this session so far'),
    trans.__('Of your code: %1, %2', printQuantity(energyJ, 'J'), methodText(method, trans)),
    machineW === null
      ? trans.__('Whole machine: %1', printQuantity(machineJ, 'J', short))
      : trans.__(
          'Whole machine: %1 now, %2',
          si(machineW, 'W'),
          printQuantity(machineJ, 'J', short),
        ),
    assumed
      ? trans.__('CO2e by the world average grid: state your region with %carbon --region')
      : trans.__('CO2e by the grid of %1', region),
    ...(energyJ.complete ? [] : [trans.__('Incomplete: something could not be read')]),
  ].join('\n');
}
