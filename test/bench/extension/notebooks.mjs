import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import * as payloads from '../../browser/fixtures/payloads.mjs';

const { MIME } = createRequire(import.meta.url)(join(root, 'kernel/dist/payloads/mime-types.js'));

const KINDS = ['precisionTable', 'gradientRanges', 'carbon', 'trainingRun'];

/** Sends a view 50 times a second for ten seconds; its title is when that was, in ms. */
const SENDER = `import json, time
from IPython.display import display, update_display
mime = ${JSON.stringify(MIME.gradientRanges)}
payload = json.loads(${JSON.stringify(JSON.stringify(payloads.gradientRanges))})
def send(show, step):
    figures = {**payload, "title": f"sent {time.time() * 1000}", "step": step}
    show({mime: figures, "text/plain": "ranges"}, raw=True, display_id="live")
start = time.perf_counter()
for step in range(500):
    send(display if step == 0 else update_display, step)
    time.sleep(max(0, start + step / 50 - time.perf_counter()))
"sent"`;

/** Writes the notebooks of the bench into `folder`. */
export function writeBenchNotebooks(folder) {
  const fifty = Array.from({ length: 50 }, (_, i) => cell('1', KINDS[i % KINDS.length]));
  write('chart.ipynb', [cell('1', 'gradientRanges')]);
  write('fifty.ipynb', fifty);
  write('sender.ipynb', [cell(SENDER)]);

  function write(name, cells) {
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
        language_info: { name: 'python' },
      },
      cells,
    };
    writeFileSync(join(folder, name), JSON.stringify(notebook));
  }
}

let cells = 0;

function cell(source, kind) {
  const data = kind && { [MIME[kind]]: payloads[kind], 'text/plain': kind };
  return {
    cell_type: 'code',
    id: `cell-${cells++}`,
    metadata: {},
    execution_count: kind ? 1 : null,
    source,
    outputs: data ? [{ output_type: 'display_data', metadata: {}, data }] : [],
  };
}
