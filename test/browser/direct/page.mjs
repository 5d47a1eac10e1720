import extensions from '../../../extension/lib/mime.js';
import plotly from 'plotly.js-cartesian-dist-min';
import * as payloads from '../fixtures/payloads.mjs';
import { mutated, randomNumbers } from './mutations.mjs';

/** The extension's renderers in a page of their own, without JupyterLab around them. */

const GOOD = [
  ['precision-table', payloads.precisionTable],
  ['precision-table', payloads.invalidTrials],
  ['gradient-ranges', payloads.gradientRanges],
  ['gradient-ranges', payloads.timedRanges],
  ['gradient-comparison', payloads.gradientComparison],
  ['carbon', payloads.carbon],
  ['training-run', payloads.trainingRun],
  ['inspection', payloads.inspection],
  ['sensitivity', payloads.sensitivity],
  ['kv-cache', payloads.kvCache],
  ['model-graph', payloads.modelGraph],
  ['weight-histograms', payloads.weightHistograms],
];

function typeOf(view) {
  const [own] = extensions.find(({ id }) => id === `halfnote-lab:${view}`).rendererFactory
    .mimeTypes;
  return own;
}

/** Waits for the charts that are near what is seen. */
async function drawn(node) {
  // What is folded has a place too once somebody asks for it.
  const near = (plot) => {
    const { top, height } = plot.getBoundingClientRect();
    return height > 0 && top < innerHeight && plot.closest('details:not([open])') === null;
  };
  const waiting = () => [...node.querySelectorAll('.hn-plot:not([data-drawn])')].some(near);
  while (waiting()) await new Promise((next) => requestAnimationFrame(next));
}

/** Shows a payload, and says how long that took, of how many nodes it is, and what it complains of. */
async function show(view, payload) {
  const mimeType = typeOf(view);
  const { rendererFactory } = extensions.find(({ id }) => id === `halfnote-lab:${view}`);
  const renderer = rendererFactory.createRenderer({
    mimeType,
    sanitizer: { sanitize: (html) => html.replaceAll('<', '&lt;') },
  });
  document.body.append(renderer.node);
  const model = { data: { [mimeType]: payload, 'text/plain': 'as text' }, metadata: {} };
  const start = performance.now();
  await renderer.renderModel(model);
  if (plotly.draws) await drawn(renderer.node);
  // Of what is seen, layout is a part.
  const { height } = renderer.node.getBoundingClientRect();
  const shown = {
    ms: performance.now() - start,
    height,
    nodes: renderer.node.querySelectorAll('*').length,
    drawn: renderer.node.querySelectorAll('.hn-plot[data-drawn] .main-svg').length,
    problem: renderer.node.querySelector('.hn-problem')?.textContent,
    fallback: renderer.node.querySelector('.hn-problem + pre')?.textContent,
    notes: [...renderer.node.querySelectorAll(':scope > div:last-child .hn-notes li')].map(
      ({ textContent }) => textContent,
    ),
  };
  renderer.dispose();
  renderer.node.remove();
  return shown;
}

/** Shows mutations `from` to `to` of a seed: what was slow, what was large, what threw, and how many were shown. */
async function fuzz(seed, from, to, limits) {
  const found = [];
  let [valid, drawings] = [0, 0];
  for (let index = from; index < to; index++) {
    const [view, good] = GOOD[index % GOOD.length];
    const payload = mutated(good, randomNumbers(seed * 1_000_003 + index));
    let shown = await show(view, payload);
    // A busy machine may have stopped the page meanwhile: slow is what is slow each time.
    for (let again = 0; again < 3 && shown.ms > limits.ms; again++)
      shown = await show(view, payload);
    if (shown.problem === undefined) valid += 1;
    if (shown.drawn > 0) drawings += 1;
    if (
      shown.ms > limits.ms ||
      shown.nodes > limits.nodes ||
      shown.problem?.startsWith('This output could not be shown')
    )
      found.push({ index, view, ...shown });
  }
  return { found, valid, drawn: drawings };
}

Object.assign(window, { direct: { show, fuzz, plotly, payloads, extensions } });
