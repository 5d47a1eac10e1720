import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLicense } from './contents.mjs';
import { filesOf } from './files.mjs';
import { ONNX_RUNTIME_LICENSE } from './npm/terms.mjs';

/**
 * The terms of packages that are passed on, as one text: for each its name, version, licence and where
 * it comes from, and its own licence files.
 * @param {readonly import('./closure.mjs').Installed[]} packages
 * @throws one line for a package that says none
 */
export function thirdPartyLicenses(packages) {
  const unique = new Map(packages.map((one) => [`${one.name} ${one.manifest.version}`, one]));
  const parts = [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, { folder, manifest }]) => {
      const license = nameOf(manifest);
      const texts = filesOf(folder)
        .filter(isLicense)
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      if (license === undefined && texts.length === 0)
        throw new Error(`${title} says no licence: it can't be passed on.`);
      const facts = [`Licence: ${license ?? 'see below'}`, ...origin(manifest)];
      return [title, '='.repeat(title.length), ...facts, '', ...texts].join('\n').trim();
    });
  return `This package contains the following packages of others.\n\n${parts.join('\n\n\n')}\n\n\n${ONNX_RUNTIME_LICENSE}`;
}

/** The older forms too: `{type}`, and a list of them. */
function nameOf({ license, licenses }) {
  if (typeof license === 'string') return license;
  if (license?.type) return license.type;
  return Array.isArray(licenses) ? licenses.map(({ type }) => type).join(' or ') : undefined;
}

function origin({ author, homepage, repository }) {
  const by = typeof author === 'string' ? author : author?.name;
  const from = homepage ?? (typeof repository === 'string' ? repository : repository?.url);
  return [...(by ? [`Author: ${by}`] : []), ...(from ? [`From: ${from}`] : [])];
}
