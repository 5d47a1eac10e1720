import plotly from 'plotly.js-cartesian-dist-min/plotly-cartesian.min.js';

/**
 * Plotly, of which a test may ask that it draws nothing: what a view hands it is then only counted, so
 * that thousands of views can be tried.
 */
const stand = {
  draws: true,
  figures: 0,
  async react(node, traces, layout, config) {
    stand.figures += 1;
    // As plotly does, it looks at all of it.
    JSON.stringify([traces, layout]);
    return stand.draws ? plotly.react(node, traces, layout, config) : node;
  },
  purge: (node) => plotly.purge(node),
};

export { stand as default };
