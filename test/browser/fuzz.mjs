import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { directScript } from './direct/bundle.mjs';

const CASES = 10_000;
const SEED = 1;
/** Mutations of which the charts are drawn too, not only made. */
const DRAWN = 200;
const BATCH = 500;
const LIMITS = { ms: 1000, nodes: 12_000 };

/** Payloads that are large, hostile or broken: none may hang a page or throw. */
export async function hostilePayloads(suite, browser) {
  suite.at('hostile and huge payloads');
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  const css = ['base', 'handles']
    .map((name) => readFileSync(join(root, `extension/style/${name}.css`), 'utf8'))
    .join('');
  await page.setContent(`<style>${css}</style>`);
  await page.addScriptTag({ content: await directScript() });
  try {
    await known(suite, page);
    await suite.check(`shows none of ${CASES.toLocaleString('en')} mutations slowly`, async () => {
      const { found, valid } = await fuzz(page, 0, CASES, false);
      assert.deepEqual(found, []);
      // Most of what is tried must get past the check, or only that is tried.
      assert.ok(valid > CASES / 4, `only ${valid} were shown`);
    });
    await suite.check(`draws ${DRAWN} mutations`, async () => {
      const { found, drawn } = await fuzz(page, CASES, CASES + DRAWN, true);
      assert.deepEqual(found, []);
      assert.ok(drawn > DRAWN / 8, `only ${drawn} were drawn`);
    });
    await suite.check('throws nowhere', async () => {
      assert.deepEqual(errors, []);
      assert.equal(await page.evaluate(() => window.hacked), undefined);
    });
  } finally {
    await page.close();
  }
}

async function fuzz(page, from, to, draws) {
  const found = [];
  let [valid, drawn] = [0, 0];
  for (let start = from; start < to; start += BATCH) {
    const batch = await page.evaluate(
      async ([seed, first, end, limits, isDrawn]) => {
        window.direct.plotly.draws = isDrawn;
        return window.direct.fuzz(seed, first, end, limits);
      },
      [SEED, start, Math.min(to, start + BATCH), LIMITS, draws],
    );
    found.push(...batch.found);
    valid += batch.valid;
    drawn += batch.drawn;
  }
  return { found, valid, drawn };
}

/** What has hung or drawn nothing. */
async function known(suite, page) {
  const show = (view, change) =>
    page.evaluate(
      async ([name, source]) => {
        const { show: shown, payloads, plotly } = window.direct;
        plotly.draws = true;
        const camel = name.replace(/-./, ([, letter]) => letter.toUpperCase());
        const payload = structuredClone(payloads[camel]);
        new Function('payload', source)(payload);
        return shown(name, payload);
      },
      [view, change],
    );
  await suite.check('refuses an exponent that no number has', async () => {
    const { problem, fallback, ms } = await show(
      'gradient-ranges',
      'payload.layers[0].firstExponent = -2e9',
    );
    assert.match(problem, /layers\.0\.firstExponent: must be at least -1074/);
    assert.equal(fallback, 'as text');
    assert.ok(ms < LIMITS.ms);
  });
  await suite.check('shows the first of 50,000 changes of the loss scale', async () => {
    const { problem, notes, nodes } = await show(
      'gradient-ranges',
      'payload.lossScale.history = Array.from({ length: 50000 }, (_, step) => ({ step, scale: 2 ** (step % 16) }))',
    );
    assert.equal(problem, undefined);
    assert.deepEqual(notes, ['Shows the first 500 of 50,000 changes of the loss scale.']);
    assert.ok(nodes < LIMITS.nodes, `${nodes} nodes`);
  });
  await suite.check('draws 600 layers', async () => {
    const { problem, notes, nodes, drawn } = await show(
      'gradient-ranges',
      'payload.layers = Array.from({ length: 600 }, (_, index) => ({ ...payload.layers[index % 8], name: `layer ${index}` }))',
    );
    assert.equal(problem, undefined);
    assert.deepEqual(notes, []);
    assert.ok(nodes < LIMITS.nodes, `${nodes} nodes`);
    assert.ok(drawn > 0, 'nothing is drawn');
  });
  const sizes = [
    [1000, 40],
    [1000, 4],
    [25, 40],
  ];
  for (const [layers, formats] of sizes)
    await suite.check(`finds plans of ${layers} layers in ${formats} formats`, async () => {
      const { problem, ms, nodes } = await show(
        'sensitivity',
        `const [layer] = payload.layers;
        const rated = (i, j) => ({ bytes: 1000 + (61 * i + 97 * j) % 4096, relativeNoise: ((i + 13 * j) % 101) / 1e4, kl: 0.01, drop: j / 1e3 });
        const many = (count, of) => Array.from({ length: count }, (_, i) => of(i));
        payload.formats = many(${formats}, (j) => ({ name: 'f' + j, bits: 2 + j }));
        payload.layers = many(${layers}, (i) => ({ ...layer, name: 'layer ' + i, formats: many(${formats}, (j) => rated(i, j)) }));`,
      );
      assert.equal(problem, undefined);
      assert.ok(ms < LIMITS.ms, `${ms} ms`);
      assert.ok(nodes < LIMITS.nodes, `${nodes} nodes`);
    });
  await suite.check('sizes caches of 40 formats and extents beyond any device', async () => {
    const { problem, ms } = await show(
      'kv-cache',
      `payload.formats = Array.from({ length: 50 }, (_, i) => ({ ...payload.formats[i % payload.formats.length], name: 'f' + i }));
      Object.assign(payload, { layers: 2 ** 20, kvHeads: 2 ** 20, sequence: 2 ** 32, batch: 2 ** 20 });`,
    );
    assert.equal(problem, undefined);
    assert.ok(ms < LIMITS.ms, `${ms} ms`);
  });
  await suite.check('shows windows that lie 2,000 deep', async () => {
    const { problem, fallback, ms } = await show(
      'carbon',
      'payload.windows = Array.from({ length: 2000 }, (_, index) => ({ ...payload.windows[1], id: index + 1, parent: index }))',
    );
    assert.equal(problem, undefined);
    assert.ok(ms < LIMITS.ms, `${ms} ms`);
  });
}
