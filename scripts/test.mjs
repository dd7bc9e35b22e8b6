// All checks, in order, from a fresh clone: `npm test`. Stops at the first stage that fails, with its output.
// `npm test -- lint types` runs only the stages that are named.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiReports } from './api-reports.mjs';
import { checkChangesets } from './check-changesets.mjs';
import { checkPackages } from './check-packages.mjs';
import { runExamples } from './examples.mjs';
import { checkPackedInstall } from './packed.mjs';
import { build, install } from './set-up.mjs';
import { runTests, runTestsOnLts } from './unit-tests.mjs';
import { packages, root, runTool } from './workspace.mjs';

/** Each stage answers with a note on what it saw, and with what it counted if it ran tests. */
const stages = [
  { name: 'install', title: 'Install what the lockfile names', run: installed },
  { name: 'build', title: 'Build every package', run: () => build() },
  { name: 'lint', title: 'Format, lint, floating promises', run: lint },
  { name: 'types', title: 'Types of the tests and examples', run: types },
  { name: 'unused', title: 'No unused code or dependency', run: unused },
  {
    name: 'packages',
    title: 'Packages as published',
    run: async () => ({ note: `${await checkPackages()} packages` }),
  },
  {
    name: 'api',
    title: 'Public surface as reported',
    run: async () => ({ note: `${await apiReports()} entry points` }),
  },
  { name: 'changesets', title: 'Changesets', run: checkChangesets },
  { name: 'tests', title: 'Unit, conformance, end to end', run: runTests },
  { name: 'lts', title: 'The same on the current LTS', run: runTestsOnLts },
  { name: 'packed', title: 'Installed from tarballs', run: checkPackedInstall },
  { name: 'examples', title: 'Examples', run: runExamples },
];

async function installed() {
  return { note: (await install()) ? 'done' : 'nothing changed' };
}

async function lint() {
  await runTool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
  await runTool('oxlint/bin/oxlint', ['--deny-warnings']);
}

async function types() {
  const folders = ['test', 'examples', ...packages().map(({ folder }) => `${folder}/test`)];
  await runTool('typescript/bin/tsc', ['-b', ...folders]);
}

async function unused() {
  await runTool('knip/bin/knip.js', ['--no-progress']);
}

function chosenStages(names) {
  return names.length === 0 ? stages : stages.filter(({ name }) => ['install', 'build', ...names].includes(name));
}

async function runStage({ name, title, run }) {
  const started = performance.now();
  const label = `${name.padEnd(10)} ${title}`;
  if (process.stdout.isTTY) process.stdout.write(`· ${label}`);
  const result = (await run()) ?? {};
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const note = result.note === undefined ? '' : `, ${result.note}`;
  process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}✓ ${label} (${seconds}${note})\n`);
  for (const line of result.lines ?? []) process.stdout.write(`  ${line}\n`);
  return result;
}

async function main(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`No stage ${unknown.join(', ')}: there are ${stages.map(({ name }) => name).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const add = (result) => {
    for (const key of Object.keys(counts)) counts[key] += result[key] ?? 0;
  };
  for (const stage of chosenStages(names)) {
    try {
      add(await runStage(stage));
    } catch (error) {
      process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}✗ ${stage.name.padEnd(10)} ${stage.title}\n\n`);
      process.stdout.write(
        `${error.output ?? ''}\n${error.message}\n\nFailed: ${stage.title} (npm test -- ${stage.name})\n`,
      );
      add(error.counts ?? { failed: 1 });
      process.exitCode = 1;
      break;
    }
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
}

rmSync(join(root, 'coverage', 'tests.json'), { force: true });
await main(process.argv.slice(2));
