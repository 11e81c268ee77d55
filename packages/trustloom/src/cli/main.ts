import { version } from '../version.ts';
import { processIo } from './io.ts';

// Which versions of Node are supported is said once, in the README. The SDK reads this when its
// first client is made.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const io = processIo();
const args = process.argv.slice(2);
// Scripts ask for the version before each use: it waits for nothing else.
if (args.length === 1 && args[0] === '--version') io.out(`${version}\n`);
else process.exitCode = await (await import('./program.ts')).run(args, io);
