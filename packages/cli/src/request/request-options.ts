import { type Command, Option } from 'commander';
import { parseDuration } from './duration.js';
import { collect } from './lists.js';
import { wholeNumber } from './numbers.js';

/** What the command line says about requests, as commander read it. */
export interface RequestOptions {
  provider?: string;
  name?: string;
  option?: string[];
  metadata?: string[];
  expectSize?: number;
  expectSha256?: string;
  priority?: number;
  ifExists?: 'replace' | 'skip' | 'fail';
  route?: 'auto' | 'direct' | 'presign' | 'relay' | 'stage' | 'put';
  key?: string;
  verify?: boolean;
  into?: string;
}

/** What every subcommand that reads the configuration takes. */
export interface CommonOptions {
  config?: string;
  json?: boolean;
}

/** How long to wait. */
export interface WaitingOptions {
  timeout?: number;
}

/** Adds the options of {@link RequestOptions} that may be said of many requests. */
export function addRowOptions(command: Command): Command {
  return command
    .option('--provider <name>', "a name from the configuration's providers; without it the default one")
    .option('--option <k=v>', "an option of the provider's own; dots lead inwards; repeatable", collect)
    .option('--metadata <k=v>', 'title, description, tags or another field; repeatable', collect)
    .option('--priority <n>', 'from 0, higher first', wholeNumber(0))
    .addOption(choice('--if-exists <what>', 'when the name is already there', ['replace', 'skip', 'fail']))
    .addOption(choice('--route <how>', 'how the bytes travel', ['auto', 'direct', 'presign', 'relay', 'stage', 'put']))
    .option('--verify', 'ask your own bucket whether what the provider put there is there');
}

/** Adds what makes one job of many files. */
export function addInto(command: Command): Command {
  return command.option(
    '--into <integration:ID>',
    'put all of it into the bucket of that integration first, then import from there, as one job',
  );
}

/** Adds the options of {@link RequestOptions}. */
export function addRequestOptions(command: Command): Command {
  return addInto(addRowOptions(command))
    .option('--name <name>', "the name at the provider; without it the source's path without its leading slash")
    .option('--expect-size <bytes>', "the source's size, to be held against what arrives", wholeNumber(0))
    .option('--expect-sha256 <hex>', '64 hex digits, or "compute" to take it from the source')
    .option('--key <key>', 'your own idempotency key: importing again under it returns the job that is there');
}

/** Adds the options of what imports many. */
export function addBulkOptions(command: Command): Command {
  return addWaitingOptions(command)
    .option(
      '--result <file>',
      'write the rows there with what became of each; the file can be read at any moment, and fed back in',
    )
    .option('--report <file>', 'write a page with plots of the run, its slowest and its failed rows');
}

/** Adds the options of {@link CommonOptions}. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON object a line on standard output, and nothing else')
    .option(
      '--config <file>',
      'the configuration; without it the nearest sluice.config.{ts,js,json} from here upwards',
    );
}

/** Adds the options of {@link WaitingOptions}. */
export function addWaitingOptions(command: Command): Command {
  return command.option(
    '--timeout <duration>',
    'stop waiting after 500ms, 30s, 10m or 2h; the jobs live on',
    parseDuration,
  );
}

function choice(flags: string, description: string, choices: string[]): Option {
  return new Option(flags, description).choices(choices);
}
