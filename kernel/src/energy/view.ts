import { bundle, notes, paragraph, picture, stacked, table } from '../display/fallback';
import type { Column, Row } from '../display/table';
import { ABSENT, duration, si } from '../display/units';
import { verdict } from '../display/verdict';
import type { MimeBundle } from '../host';
import type { CarbonReport, EnergyDevice } from '../payloads/carbon-report';
import { accountRows, boundaryRows, intensityLine, joulesLike } from '../payloads/energy-figures';
import { MIME } from '../payloads/mime-types';
import { carbonVerdict } from '../payloads/carbon-verdict';
import { windowName, windowRows, type WindowRow } from '../payloads/window-rows';
import { printQuantity } from '../quantities/print';
import type { Quantity } from '../quantities/quantity';
import { accountBar } from './view-bar';

const DEVICES = { cpu: 'CPU', dram: 'Memory (DRAM)', gpu: 'GPU' } as const;

const BOUNDARIES: readonly Column[] = [
  { header: 'Boundary' },
  { header: 'Attributed to this work' },
  { header: 'Whole machine' },
];
const ACCOUNTS: readonly Column[] = [
  { header: 'Account' },
  { header: 'Energy' },
  { header: 'Share' },
  { header: 'CPU time' },
];
const COMPONENTS: readonly Column[] = [
  { header: 'Device' },
  { header: "User's code" },
  { header: 'Whole machine' },
  { header: 'of it idle' },
  { header: 'Method', align: 'left' },
  { header: 'Source', align: 'left' },
];
const WINDOWS: readonly Column[] = [
  { header: 'Window' },
  { header: 'Duration' },
  { header: 'inclusive', group: "User's code" },
  { header: 'exclusive', group: "User's code" },
  { header: 'Halfnote' },
  { header: 'Machine' },
  { header: 'CO2e' },
  { header: 'Method', align: 'left' },
];

/** Energy by boundary, account, device and window, and its CO2e, as our MIME type, HTML and text. */
export function carbonBundle(payload: CarbonReport): MimeBundle {
  const boundaries = boundaryRows(payload).map((row) => [row.name, row.attributed, row.machine]);
  const accounts = accountRows(payload.total).map((row) => [
    row.name,
    row.energy,
    row.share,
    row.cpu,
  ]);
  return bundle(
    MIME.carbon,
    payload,
    stacked(
      verdict(carbonVerdict(payload)),
      paragraph(heading(payload)),
      table(BOUNDARIES, boundaries, { caption: 'Two boundaries' }),
      table(ACCOUNTS, accounts, { caption: 'Three accounts' }),
      picture((width) => accountBar(payload.total, width)),
      ...(payload.devices.length === 0
        ? []
        : [table(COMPONENTS, payload.devices.map(deviceCells), { caption: 'Devices' })]),
      ...windowsTable(payload),
      notes([intensityLine(payload), ...payload.notes]),
    ),
  );
}

/** `Energy and CO2e of In [3]: 12.3 J (11–14) user's code, 1.2 mg CO2e; machine 95 J`. */
export function heading({ title, complete, total }: CarbonReport): string {
  const print = (figure: Quantity, unit: string, interval = false): string =>
    printQuantity({ ...figure, complete: true }, unit, { interval });
  return (
    `${title}${complete ? '' : ' (incomplete)'}: ${print(total.energyJ, 'J', true)} user's code, ` +
    `${print(total.co2eG, 'g')} CO2e; machine ${print(total.machineJ, 'J')}; ` +
    `${duration(total.durationS)}, ${total.energyJ.method}`
  );
}

function deviceCells(device: EnergyDevice): Row {
  const { component, accountsJ, machineJ, idleJ, method, source } = device;
  return [
    DEVICES[component],
    printQuantity(accountsJ.user, 'J'),
    printQuantity(machineJ, 'J'),
    idleJ === null ? ABSENT : joulesLike(idleJ, machineJ),
    method,
    source,
  ];
}

function windowsTable(payload: CarbonReport): ReturnType<typeof table>[] {
  if (payload.windows.length === 0) return [];
  const { rows, hidden, hiddenJ } = windowRows(payload);
  const more =
    hidden === 0
      ? []
      : [
          notes([
            `${hidden} smaller windows are not listed; they took ${si(hiddenJ, 'J')} of the user's code. The data of this output has all.`,
          ]),
        ];
  return [table(WINDOWS, rows.map(windowCells), { caption: 'Windows' }), ...more];
}

/** No-break spaces: HTML folds others. */
const INDENT = '\u00A0\u00A0\u00A0';

function windowCells({ window, depth }: WindowRow): Row {
  const { energyJ, exclusiveJ, accountsJ, machineJ, co2eG, durationS } = window;
  return [
    `${INDENT.repeat(Math.min(depth, 8))}${windowName(window)}`,
    duration(durationS),
    printQuantity(energyJ, 'J'),
    joulesLike(exclusiveJ.user, energyJ),
    printQuantity({ ...accountsJ.halfnote, complete: true }, 'J', { interval: false }),
    printQuantity({ ...machineJ, complete: true }, 'J', { interval: false }),
    printQuantity({ ...co2eG, complete: true }, 'g', { interval: false }),
    energyJ.method,
  ];
}
