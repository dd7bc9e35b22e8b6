// What each public package shows the world, as text in packages/NAME/etc/*.api.md, one file per entry point. The tests
// compare; `npm run api` writes them anew, and the difference is then read in review.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setUp } from './set-up.mjs';
import { isMain, packages, root, script } from './workspace.mjs';

/** The typed entry points of the public packages, such as "./adapter" of core in etc/adapter.api.md. */
function entryPoints() {
  return packages()
    .filter(({ isPublic }) => isPublic)
    .flatMap(({ name, folder, manifest }) =>
      Object.entries(manifest.exports ?? {})
        .filter(([, target]) => typeof target === 'object')
        .map(([path, target]) => ({
          title: path === '.' ? name : `${name}${path.slice(1)}`,
          folder: join(root, folder),
          types: join(root, folder, target.types),
          report: path === '.' ? 'index' : basename(path),
        })),
    );
}

function configuration({ ExtractorConfig, ExtractorLogLevel }, { folder, types, report }) {
  const quiet = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFolder: join(folder, 'etc'),
        reportTempFolder: freshFolder(folder),
        reportFileName: report,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: quiet },
        extractorMessageReporting: {
          default: quiet,
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: quiet },
      },
    },
  });
}

/** Where the reports of a package are written before they are compared. */
function freshFolder(folder) {
  return join(root, 'node_modules', '.cache', 'api-reports', basename(folder));
}

/** The compiler writes the members of an enum in the order in which it met them, which differs between a full build and a small one. */
function inOrder(text) {
  const enumMembers = /(?<=ZodEnum<\s*\{\n)(?:[^}]*\n)(?=\s*\}>)/g;
  return text.replace(enumMembers, (members) =>
    members
      .split(/(?<=\n)/)
      .sort()
      .join(''),
  );
}

/** Compares a report with the one that is kept, or keeps it with `update`. */
function isKept({ folder, report }, { update }) {
  const kept = join(folder, 'etc', `${report}.api.md`);
  const text = inOrder(readFileSync(join(freshFolder(folder), `${report}.api.md`), 'utf8'));
  if (existsSync(kept) && readFileSync(kept, 'utf8') === text) return true;
  if (update) writeFileSync(kept, text);
  return update;
}

/** Compares every report, or writes it with `update`. Answers how many there are; throws for those that differ. */
export async function apiReports({ update = false } = {}) {
  const extractor = await import('@microsoft/api-extractor');
  const different = [];
  const points = entryPoints();
  for (const point of points) {
    const messages = [];
    mkdirSync(join(point.folder, 'etc'), { recursive: true });
    extractor.Extractor.invoke(configuration(extractor, point), {
      localBuild: false,
      messageCallback: (message) => {
        message.handled = true;
        if (message.logLevel === 'error') messages.push(message.text);
      },
    });
    if (messages.length > 0) throw new Error([`The API of ${point.title} cannot be read:`, ...messages].join('\n'));
    if (!isKept(point, { update })) different.push(point.title);
  }
  if (different.length > 0) {
    throw new Error(
      `The public surface changed: ${different.join(', ')}.\nRun \`npm run api\`, read the difference, and commit it.`,
    );
  }
  return points.length;
}

if (isMain(import.meta.url)) {
  await script(async () => {
    await setUp();
    const count = await apiReports({ update: process.argv.includes('--update') });
    process.stdout.write(`${count} API reports are up to date\n`);
  });
}
