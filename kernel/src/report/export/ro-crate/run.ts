import type { Report } from '../../schema';
import { endOf, startOf } from '../run-facts';
import { compact, refer } from './json-ld';
import type { Entity } from './json-ld';

/** The run as an action: software, what went in, what came out; with the entities that it speaks of. */
export function runOf(
  report: Report,
  result: Entity,
): { readonly action: Entity; readonly others: readonly Entity[] } {
  const software = softwareOf(report);
  const inputs = inputsOf(report);
  const settings = settingsOf(report);
  const action: Entity = {
    '@id': '#run',
    '@type': 'CreateAction',
    name: `Run of ${report.identity.notebook.name}`,
    description: `${report.trials} runs of the notebook, each in a fresh kernel, measured`,
    ...compact('instrument', software.slice(0, 1).map(refer)),
    ...compact('object', [...inputs, ...settings].map(refer)),
    result: refer(result),
    startTime: withOffset(startOf(report)),
    endTime: withOffset(endOf(report)),
    ...outcomeOf(report),
  };
  return { action, others: [...software, ...inputs, ...settings] };
}

function outcomeOf({ status, failure }: Report) {
  if (status === 'complete') {
    return { actionStatus: 'http://schema.org/CompletedActionStatus' };
  }
  const error = failure === null ? 'not recorded' : `${failure.name}: ${failure.message}`;
  return { actionStatus: 'http://schema.org/FailedActionStatus', error };
}

/** ISO 8601 as the profile's validator knows it: UTC as an offset, no letter. */
function withOffset(iso: string): string {
  return iso.replace(/Z$/, '+00:00');
}

/** Halfnote, which ran the notebook, and what it needed for it. */
function softwareOf({ identity }: Report): Entity[] {
  const { halfnote = 'unknown', ...others } = identity.versions;
  const needed = Object.entries(others).map(([name, version]) => software(name, version));
  return [
    { ...software('halfnote', halfnote), ...compact('softwareRequirements', needed.map(refer)) },
    ...needed,
  ];
}

function software(name: string, version: string): Entity {
  // A package URL: which registry a version is of, a report doesn't tell.
  const id = `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
  return { '@id': id, '@type': 'SoftwareApplication', name, softwareVersion: version };
}

/** Not files of the crate: they are named by their hash, not carried along. */
function inputsOf({ identity }: Report): Entity[] {
  const { notebook, inputs, code } = identity;
  const commit =
    code === null ? {} : { version: `${code.commit}${code.dirty ? ' with changes' : ''}` };
  return [
    {
      '@id': '#notebook',
      '@type': 'CreativeWork',
      name: notebook.name,
      description: 'The notebook; its hash is over the types and sources of its cells',
      identifier: notebook.hash,
      ...commit,
    },
    ...inputs.map(({ kind, name, sizeBytes, hash }, i) => ({
      '@id': `#input-${i}`,
      '@type': 'CreativeWork',
      name,
      description: `${kind}, ${sizeBytes} bytes`,
      identifier: hash,
    })),
  ];
}

function settingsOf({ identity, settings, hardware }: Report): Entity[] {
  const named = [
    ...Object.entries(settings).map(([name, value]) => [`setting ${name}`, value] as const),
    ...identity.seeds.map(({ name, value }) => [`seed ${name}`, value] as const),
    ['cpu', hardware.cpu.model] as const,
    ...hardware.gpus.map(({ name }) => ['gpu', name] as const),
    ['os', hardware.os] as const,
  ];
  return named.map(([name, value], i) => ({
    '@id': `#setting-${i}`,
    '@type': 'PropertyValue',
    name,
    value: value ?? 'none',
  }));
}
