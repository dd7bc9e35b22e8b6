import { readFileSync } from 'node:fs';
import type { JobState } from '@sluice/core';
import { Command, CommanderError } from 'commander';
import type { BatchCommandOptions } from './commands/batch.js';
import type { CancelOptions } from './commands/cancel.js';
import type { EmulatorCommandOptions } from './commands/emulator.js';
import type { GcCommandOptions } from './commands/gc.js';
import type { ImportOptions } from './commands/import.js';
import type { JobsOptions } from './commands/jobs.js';
import type { PlanOptions } from './commands/plan.js';
import type { PushOptions } from './commands/push.js';
import type { RetryCommandOptions } from './commands/retry.js';
import type { ServeOptions } from './commands/serve.js';
import { exitCode } from './exit-code.js';
import { parseAge } from './request/duration.js';
import { addSelectionOptions } from './request/job-selection.js';
import { choicesOf, collect } from './request/lists.js';
import { positiveNumber, wholeNumber } from './request/numbers.js';
import {
  addBulkOptions,
  addCommonOptions,
  addInto,
  addRequestOptions,
  addRowOptions,
  addWaitingOptions,
  type CommonOptions,
  type WaitingOptions,
} from './request/request-options.js';

const states: readonly JobState[] = ['queued', 'running', 'completed', 'failed', 'canceled'];

/** Tells the program how a subcommand ended. */
type Ended = (code: number) => void;

/**
 * Runs the command line and answers with the exit code. Each subcommand's own code is loaded only when it is called: help, version
 * and mistakes cost next to nothing.
 */
export async function run(words: string[]): Promise<number> {
  let code: number = exitCode.completed;
  const ended: Ended = (value) => {
    code = value;
  };
  try {
    await createProgram(ended).parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.completed;
    process.stderr.write(`sluice: ${lineOf(error)}\n`);
    return exitCode.usage;
  }
}

function createProgram(ended: Ended): Command {
  const program = new Command('sluice')
    .description('Bring media into any provider.')
    .version(version(), '-v, --version', 'the version of this command')
    .helpOption('-h, --help', 'what there is to say')
    .helpCommand('help [command]', 'what there is to say about a subcommand')
    .exitOverride()
    // Errors are printed by `run`, in one line.
    .configureOutput({ writeErr: () => undefined });
  addImporting(program, ended);
  addBulk(program, ended);
  addFollowing(program, ended);
  addSurroundings(program, ended);
  return program;
}

function addImporting(program: Command, ended: Ended): void {
  const sources = 'a URL, a path, - for standard input, or integration:ID';
  const importing = program
    .command('import')
    .description('import each SOURCE and wait for it')
    .argument('<source...>', sources);
  addCommonOptions(addWaitingOptions(addRequestOptions(importing)))
    .option('--no-wait', 'hand it over and leave: sluice wait and sluice resume carry on')
    .action(async (words: string[], options: ImportOptions) => {
      const { importCommand } = await import('./commands/import.js');
      ended(await importCommand(words, options));
    });
  const planning = program.command('plan').description('what import or batch would do, without doing it');
  addCommonOptions(
    addRequestOptions(planning.argument('<source...>', `${sources}; or one manifest, a .csv or .jsonl file`)),
  )
    .option('--probe', 'ask the provider about the source too; some charge for it')
    .action(async (words: string[], options: PlanOptions) => {
      const { planCommand } = await import('./commands/plan.js');
      ended(await planCommand(words, options));
    });
}

function addBulk(program: Command, ended: Ended): void {
  const batch = program
    .command('batch')
    .description('import every row of a MANIFEST; run again, it does what is left')
    .argument('<manifest>', 'a file of CSV or JSONL, or - for standard input');
  addCommonOptions(addBulkOptions(addRowOptions(batch))).action(async (name: string, options: BatchCommandOptions) => {
    const { batchCommand } = await import('./commands/batch.js');
    ended(await batchCommand(name, options));
  });
  const push = program
    .command('push')
    .description('import every file of a FOLDER; run again, it does what is left or has changed')
    .argument('<folder>');
  addCommonOptions(addBulkOptions(addInto(addRowOptions(push))))
    .option('--include <glob>', 'only files that match, such as **/*.mp4; repeatable', collect)
    .option('--exclude <glob>', 'no files that match; repeatable', collect)
    .option('--dry-run', 'say what would be done, and do nothing')
    .action(async (folder: string, options: PushOptions) => {
      const { pushCommand } = await import('./commands/push.js');
      ended(await pushCommand(folder, options));
    });
  const retry = program.command('retry').description('give failed jobs another attempt').argument('[id...]');
  addCommonOptions(addWaitingOptions(addSelectionOptions(retry)))
    .option('--failed', 'all that failed and may succeed')
    .option('--even-unknown', 'also jobs whose start was never answered: look at the provider first')
    .action(async (ids: string[], options: RetryCommandOptions) => {
      const { retryCommand } = await import('./commands/retry.js');
      ended(await retryCommand(ids, options));
    });
  addCommonOptions(program.command('gc').description('take away what was left behind and nobody will ask for'))
    .option('--older-than <duration>', 'only what was left so long ago', parseAge, 24 * 3_600_000)
    .option('--dry-run', 'say what it would be, and leave it')
    .action(async (options: GcCommandOptions) => {
      const { gcCommand } = await import('./commands/gc.js');
      ended(await gcCommand(options));
    });
}

function addFollowing(program: Command, ended: Ended): void {
  addCommonOptions(
    program.command('status').description('what is known of jobs, without asking the provider').argument('<id...>'),
  ).action(async (ids: string[], options: CommonOptions) => {
    const { statusCommand } = await import('./commands/status.js');
    ended(await statusCommand(ids, options));
  });
  const waiting = program.command('wait').description('carry jobs on until they are over').argument('<id...>');
  addCommonOptions(addWaitingOptions(waiting)).action(
    async (ids: string[], options: CommonOptions & WaitingOptions) => {
      const { waitCommand } = await import('./commands/wait.js');
      ended(await waitCommand(ids, options));
    },
  );
  addCommonOptions(addSelectionOptions(program.command('jobs').description('the jobs, the newest first')))
    .option('--state <states>', `only those: ${states.join(', ')}`, choicesOf(states))
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .action(async (options: JobsOptions) => {
      const { jobsCommand } = await import('./commands/jobs.js');
      ended(await jobsCommand(options));
    });
  addCommonOptions(addSelectionOptions(program.command('cancel').description('cancel jobs').argument('[id...]')))
    .option('--all', 'all that are not over')
    .option('--abandon', 'stop following a job that the provider cannot cancel; it may still run and bill there')
    .action(async (ids: string[], options: CancelOptions) => {
      const { cancelCommand } = await import('./commands/cancel.js');
      ended(await cancelCommand(ids, options));
    });
  const resuming = program.command('resume').description('carry on every job that is not over');
  addCommonOptions(addWaitingOptions(resuming)).action(async (options: CommonOptions & WaitingOptions) => {
    const { resumeCommand } = await import('./commands/resume.js');
    ended(await resumeCommand(options));
  });
}

function addSurroundings(program: Command, ended: Ended): void {
  addCommonOptions(
    program.command('providers').description('what is configured, what it can do, and its limits'),
  ).action(async (options: CommonOptions) => {
    const { providersCommand } = await import('./commands/providers.js');
    ended(await providersCommand(options));
  });
  addCommonOptions(program.command('doctor').description('check the configuration and all that it leads to')).action(
    async (options: CommonOptions) => {
      const { doctorCommand } = await import('./commands/doctor.js');
      ended(await doctorCommand(options));
    },
  );
  addCommonOptions(
    program.command('serve').description('receive webhooks, and carry on every job there is and comes, until Ctrl-C'),
  )
    .option('--port <n>', 'the port; 0 for any free one', wholeNumber(0, 65_535), 8787)
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--base-path <path>', 'what stands before /PROVIDER in the path of a delivery', '/webhooks')
    .action(async (options: ServeOptions) => {
      const { serveCommand } = await import('./commands/serve.js');
      ended(await serveCommand(options));
    });
  program
    .command('emulator')
    .description('run the providers on this machine, to try things without an account')
    .option('--port <n>', 'the port; without it any free one', wholeNumber(1, 65_535))
    .option('--speed <factor>', "how fast the providers' clock runs; at 60 a minute passes in a second", positiveNumber)
    .option(
      '--fault <rule>',
      'what goes wrong: POINT:KIND[:TIMES], such as start:lost-answer:1, or a rule in JSON; repeatable',
      collect,
    )
    .option('--json', 'one JSON object a line for all that it is asked')
    .action(async (options: EmulatorCommandOptions) => {
      const { emulatorCommand } = await import('./commands/emulator.js');
      ended(await emulatorCommand(options));
    });
}

function version(): string {
  const { version: found }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return found;
}

/** Every error is one line. Commander puts its hints on lines of their own. */
function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof CommanderError)) return error.message.split('\n', 1)[0] ?? '';
  if (error.code === 'commander.help') return 'name a subcommand; sluice --help lists them';
  return error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}
