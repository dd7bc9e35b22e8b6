// Runs vitest over every package and counts what it found.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentLts, onCurrentLts, root, runOnLts, runTool } from './workspace.mjs';

const reportFile = join(root, 'coverage', 'tests.json');
const onServer = !['', '0', 'false'].includes(process.env.CI ?? '');

function readReport() {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status) => tests.filter((test) => test.status === status).map(({ fullName }) => fullName);
  const skipped = tests.filter(({ status }) => !['passed', 'failed'].includes(status)).map(({ fullName }) => fullName);
  return { passed: named('passed').length, failed: named('failed').length, skipped };
}

/** What the coverage summary says of lines, such as "91.2 %". */
function lineCoverage(output) {
  const percent = /^Lines\s*:\s*([\d.]+)%/m.exec(output)?.[1];
  return percent === undefined ? '' : `, ${percent} % of lines covered`;
}

/**
 * Runs the tests. A skipped one names in its title what the machine lacks ("against a Ceph gateway (needs radosgw)");
 * where CI is set nothing may be missing, elsewhere the list is printed.
 */
export async function runTests() {
  let output;
  try {
    output = await runTool('vitest/vitest.mjs', [
      'run',
      '--coverage',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ]);
  } catch (error) {
    if (existsSync(reportFile)) {
      const { passed, failed, skipped } = readReport();
      error.counts = { passed, failed: Math.max(failed, 1), skipped: skipped.length };
    }
    throw error;
  }
  const { passed, failed, skipped } = readReport();
  const counts = { passed, failed, skipped: skipped.length };
  if (passed === 0) throw new Error('No test ran.');
  const lines = skipped.map((name) => `skipped: ${name}`);
  if (skipped.length > 0 && onServer) {
    throw Object.assign(new Error(['Nothing may be skipped here:', ...lines].join('\n')), {
      counts: { ...counts, failed: skipped.length },
    });
  }
  return { ...counts, note: `${passed} tests${lineCoverage(output)}`, lines };
}

/** What depends most on the Node below it (SQLite above all), once more on the Node that most people should use. */
export async function runTestsOnLts() {
  if (onCurrentLts) return { note: 'that is this one' };
  const chosen = ['packages/core', 'packages/importly', 'packages/sqlite'];
  await runOnLts([join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...chosen]);
  return { note: `${chosen.join(', ')} on Node ${currentLts}` };
}
