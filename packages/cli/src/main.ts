import { run } from './program.js';

// Whoever reads the output may leave before its end, as `head` does: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// The SDK of AWS tells whoever runs Node 20 to upgrade: that is no word of this command, and nothing that its user did.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await run(process.argv.slice(2));
