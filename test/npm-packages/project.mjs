import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';

/** An empty project with a home of its own, outside of every checkout. */
export class Project {
  /** What is made goes with it. */
  top = realpathSync(mkdtempSync(join(tmpdir(), 'halfnote-npm-')));
  folder = join(this.top, 'project');
  home = join(this.top, 'home');
  modules = join(this.folder, 'node_modules');

  constructor() {
    for (const folder of [this.folder, this.home]) mkdirSync(folder);
  }

  /** Installs packages from files, and runs no script of theirs. */
  async install(files) {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await this.npm(['install', ...options, ...files], await userSettings());
  }

  npm(args, more = {}) {
    return this.run('npm', args, { npm_config_update_notifier: 'false', ...more });
  }

  /** The command as npm has linked it. */
  halfnote(args, more = {}) {
    return this.run(join(this.modules, '.bin/halfnote'), args, more);
  }

  /** Runs a program with nothing of the environment but the path and what a network may need. */
  run(command, args, more = {}) {
    const kept = ['PATH', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];
    const env = Object.fromEntries(kept.flatMap((name) => entry(name)));
    return run(command, args, {
      cwd: this.folder,
      env: { ...env, HOME: this.home, ...more },
    });
  }
}

const entry = (name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]);

/** Where whoever tests gets packages from, and keeps them. */
async function userSettings() {
  const at = async (name) => (await run('npm', ['config', 'get', name], { cwd: root })).trim();
  return { npm_config_cache: await at('cache'), npm_config_userconfig: await at('userconfig') };
}
