// Every change of a public package is announced by a changeset, and every changeset can be read.

import { run, runTool } from './workspace.mjs';

async function exists(reference) {
  try {
    await run('git', ['rev-parse', '--verify', '--quiet', `${reference}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

/** A clone made by a CI server may have the main branch only as origin's, or not at all. */
async function since() {
  if (await exists('refs/heads/main')) return [];
  return ['--since', (await exists('refs/remotes/origin/main')) ? 'origin/main' : 'HEAD'];
}

export async function checkChangesets() {
  await runTool('@changesets/cli/bin.js', ['status', ...(await since())]);
}
