import { exitCode } from './exit-code.js';
import { run } from './program.js';

let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads the output may leave before its end, as `head` does: no reason to complain.
  if (error.code === 'EPIPE' || unwritten !== undefined) return;
  unwritten = error;
  process.exitCode = exitCode.failed;
  process.stderr.write(`sluice: the output cannot be written: ${error.message}\n`);
});
// Where nobody can be told anything any more, the work goes on all the same.
process.stderr.on('error', () => undefined);

// The SDK of AWS tells whoever runs Node 20 to upgrade: that is no word of this command, and nothing that its user did.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const code = await run(process.argv.slice(2));
if (unwritten === undefined) process.exitCode = code;
