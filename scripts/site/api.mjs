/** The API of `halfnote` and `halfnote/course`, by TypeDoc from the declarations that the build has written. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';
import { floors } from '../floors/floors.mjs';
import { buildDir, root } from '../lib/paths.mjs';
import { pagesFolder, siteFolder } from './folders.mjs';

const entries = join(buildDir, 'site-api');
const index = join(root, 'kernel/src/index.ts');

/** The pages of the API: which rooms of `kernel/src` each is made of. A room that none names gets its own. */
const TOPICS = {
  precision: {
    rooms: ['precision', 'patches', 'training'],
    about:
      'Mixed precision: policies, autocast, loss scaling, optimizers, schedules, ranges of gradients, training steps.',
  },
  quantization: {
    rooms: ['quantization', 'execution', 'schemes', 'integer', 'graph'],
    about:
      'Models and tensors in few bits: quantize, repair, training for integers, sensitivity, number schemes, products of integers.',
  },
  formats: {
    rooms: ['formats', 'inspection'],
    about: 'Number formats as data: rounding, encoding, blocks, the bits of a number.',
  },
  analysis: {
    rooms: ['analysis', 'quantities', 'studies'],
    about:
      'Comparison of formats, cost, roofline, throughput, memory, trials, studies, figures with intervals.',
  },
  energy: {
    rooms: ['energy'],
    about:
      'Joules, grams of CO2e, litres and money: meters, windows, budgets, the same run elsewhere.',
  },
  generation: {
    rooms: ['generation'],
    about: 'Language models: text token by token, KV caches, perplexity, decoders.',
  },
  layers: {
    rooms: ['layers', 'importing', 'models'],
    about: 'Layers that tfjs lacks, and models of others as layers.',
  },
  files: {
    rooms: ['export'],
    about: 'Models and arrays as files: ONNX, TensorFlow Lite, tfjs, NumPy, safetensors.',
  },
  reports: {
    rooms: ['report', 'literature'],
    about: 'What a report records, other tools’ formats, and what publications claim.',
  },
  display: {
    rooms: ['display', 'paper', 'payloads'],
    about: 'What cells show, and tables and figures for a paper.',
  },
  notebook: {
    rooms: ['notebook', 'comm', 'frontend', 'host', 'magics'],
    about: 'Variables, files, packages, timing, input and comms of a notebook.',
  },
  machine: {
    rooms: ['backend', 'start', 'doctor', 'errors', 'error-codes'],
    about: 'What the machine can do, what is missing, and errors.',
  },
};

/** What `kernel/src/index.ts` exports, by page. @returns {Map<string, string[]>} as they are written in an export */
export function exportsByTopic() {
  const text = readFileSync(index, 'utf8');
  const { statements } = typescript.createSourceFile(index, text, typescript.ScriptTarget.ES2022);
  const byTopic = new Map(Object.keys(TOPICS).map((topic) => [topic, []]));
  for (const statement of statements) {
    if (!typescript.isExportDeclaration(statement)) continue;
    const room = statement.moduleSpecifier.text.split('/')[1];
    const topic = Object.keys(TOPICS).find((name) => TOPICS[name].rooms.includes(room)) ?? room;
    const names = statement.exportClause.elements.map(({ name, isTypeOnly }) =>
      isTypeOnly || statement.isTypeOnly ? `type ${name.text}` : name.text,
    );
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), ...names]);
  }
  return byTopic;
}

/** The names of all that `halfnote` exports. */
export function apiNames() {
  return [...exportsByTopic().values()].flat().map((name) => name.replace('type ', ''));
}

/** What else the package exports for cells and scripts; `halfnote/mime` is for front ends. */
function furtherEntries() {
  const manifest = JSON.parse(readFileSync(join(root, 'kernel/package.json'), 'utf8'));
  const jobs = new Map(floors.flat().map(({ name, job }) => [name, job]));
  return Object.entries(manifest.exports)
    .filter(([path]) => !/^\.(?:$|\/mime|\/package\.json)/.test(path))
    .map(([path, { default: file }]) => {
      const name = path.slice(2);
      const job = (jobs.get(name) ?? '').replace(/^`[^`]*`: /, '');
      return { name, file, about: `${job.charAt(0).toUpperCase()}${job.slice(1)}.` };
    });
}

/** Writes the pages of the API. @returns {Promise<void>} */
export async function writeApi() {
  rmSync(entries, { recursive: true, force: true });
  mkdirSync(entries, { recursive: true });
  const write = (name, about, text) =>
    writeFileSync(
      join(entries, `${name}.ts`),
      `/**\n * ${about}\n * @module ${name}\n */\n${text}\n`,
    );
  for (const [topic, names] of exportsByTopic()) {
    const about = `\`import { ... } from 'halfnote'\`. ${TOPICS[topic]?.about ?? ''}`;
    write(topic, about, `export { ${names.join(', ')} } from '../../kernel/dist/index.js';`);
  }
  for (const { name, file, about } of furtherEntries())
    write(
      name,
      `\`import { ... } from 'halfnote/${name}'\`. ${about}`,
      `export * from '../../kernel/${file}';`,
    );
  const compilerOptions = {
    target: 'es2022',
    module: 'node16',
    moduleResolution: 'node16',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const tsconfig = join(entries, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  await runTypeDoc(tsconfig);
}

async function runTypeDoc(tsconfig) {
  const require = createRequire(join(siteFolder, 'package.json'));
  const { Application } = await import(pathToFileURL(require.resolve('typedoc')));
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [join(entries, '*.ts')],
    tsconfig,
    plugin: [require.resolve('typedoc-plugin-markdown')],
    out: join(pagesFolder, 'api'),
    name: 'API',
    readme: 'none',
    disableSources: true,
    // The build has checked the types.
    skipErrorChecking: true,
    excludePrivate: true,
    // What is inherited of tfjs stands in its own documentation.
    excludeExternals: true,
    groupOrder: ['Functions', 'Classes', 'Variables', '*'],
    excludeInternal: true,
    logLevel: 'Warn',
    validation: false,
    outputFileStrategy: 'modules',
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    // Its numbering of equal headings is another than that of the site.
    useHTMLAnchors: true,
    anchorPrefix: 'api-',
    expandParameters: true,
    sanitizeComments: true,
    indexFormat: 'table',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    pageTitleTemplates: { index: 'API', module: ({ name }) => name },
  });
  const project = await app.convert();
  if (project === undefined)
    throw new Error('TypeDoc could not read the declarations of the kernel.');
  await app.generateOutputs(project);
}
