import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';
import type { CliContext, CommonOptions } from './context.ts';
import { help, helpText, mainHelp } from './help.ts';
import type { CliIo } from './io.ts';

type Action<Flags> = (
  context: CliContext,
  args: readonly string[],
  flags: CommonOptions & Flags,
) => Promise<number>;

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const repeatable = (flags: string, description: string) =>
  new Option(flags, `${description}; may be given again`).argParser(many).default([], 'none');
/** Columns of help that goes into a file. */
const helpColumns = 100;

const allow = () => repeatable('--allow <effect:id>', 'a consent, as plan prints it');
const allowFile = () => new Option('--allow-file <file>', 'consents, one a line');
const target = () => repeatable('--target <name>', 'only this target');
const detailed = () => new Option('--detailed-exitcode', 'exit 2 when something differs');

/**
 * The command as a function: arguments in, exit code out. What it works with is loaded when a
 * command needs it, so that help is fast.
 */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  let code = 0;
  const program = new Command('trustloom');
  const act =
    <Flags>(work: Action<Flags>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      code = await perform(work, command.args, command.opts() as CommonOptions & Flags, io);
    };
  const command = (name: keyof typeof help, signature: string, description: string) =>
    common(program.command(`${name} ${signature}`.trim()))
      .description(description)
      .addHelpText('after', helpText(help[name]))
      .exitOverride();

  program
    .description(
      'One definition of which CAs are trusted and which certificates are revoked; four AWS trust stores follow it.',
    )
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', mainHelp)
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => io.outColumns ?? helpColumns,
      getErrHelpWidth: () => io.errColumns ?? helpColumns,
    });

  command('init', '', 'write a commented definition').action(
    act(async (context) => (await import('./commands/init.ts')).init(context)),
  );
  command('accept', '[sha256...]', 'show the CAs that the sources offer, and put them into the lock')
    .option('--all', 'all that are new')
    .action(
      act<{ all?: true }>(async (context, given, flags) =>
        (await import('./commands/lock.ts')).accept(context, given, flags.all === true),
      ),
    );
  command('retire', '<sha256>', 'no longer trust a CA: it goes from every target, by consent').action(
    act(async (context, [digest = '']) => (await import('./commands/lock.ts')).retire(context, digest)),
  );
  command('check', '[file...]', 'pre-flight; with files alone it needs no definition').action(
    act(async (context, files) => (await import('./commands/check.ts')).check(context, files)),
  );
  command('plan', '', 'what would change, with its digest and the consents that it needs')
    .addOption(allow())
    .addOption(allowFile())
    .addOption(target())
    .addOption(detailed())
    .option('--markdown', 'as Markdown, for a pull request')
    .option('--write-consents <file>', 'write the consents that are missing to a file, one a line')
    .action(
      act<PlanFlags & { markdown?: true; writeConsents?: string; detailedExitcode?: true }>(
        async (context, _args, flags) => (await import('./commands/plan.ts')).plan(context, flags),
      ),
    );
  command('apply', '', 'plan again, ask, and do it')
    .addOption(allow())
    .addOption(allowFile())
    .addOption(target())
    .option('--approve <digest>', 'go on only with this plan; 16 digits of its digest or more')
    .option('--auto-approve', 'go on with whatever is planned')
    .action(
      act<PlanFlags & { approve?: string; autoApprove?: true }>(async (context, _args, flags) =>
        (await import('./commands/plan.ts')).apply(context, flags),
      ),
    );
  command('status', '', 'what the services hold: content and drift, freshness of CRLs, bypasses')
    .addOption(target())
    .addOption(detailed())
    .addOption(
      new Option('--fail-on <severity>', 'what makes the exit code 1')
        .choices(['warning', 'error'])
        .default('error'),
    )
    .action(
      act<{ target: string[]; detailedExitcode?: true; failOn: 'warning' | 'error' }>(
        async (context, _args, flags) => (await import('./commands/status.ts')).status(context, flags),
      ),
    );
  command(
    'refresh',
    '',
    'newer CRLs and the deny list go where they are enforced, and nothing else; safe every minute',
  )
    .addOption(target())
    .action(
      act<{ target: string[] }>(async (context, _args, flags) =>
        (await import('./commands/revocation.ts')).refresh(context, flags),
      ),
    );
  const deny = (name: 'revoke' | 'unrevoke', description: string) =>
    command(name, '<serial-or-file...>', description)
      .option('--ca <sha256>', 'the CA that issued the serials, where several issue client certificates')
      .option('--decimal', 'the serials are decimal numbers, not hex')
      .action(
        act<{ ca?: string; decimal?: true; reason?: string; by?: string; allow?: string[] }>(
          async (context, given, flags) =>
            (await import('./commands/revocation.ts')).revoke(context, name, given, flags),
        ),
      );
  deny('revoke', 'emergency: put serials, or the certificate in a file, on the deny list')
    .option('--reason <text>', 'why; kept with the entry')
    .option('--by <name>', 'who asks for it (default: the user of this process)')
    .addOption(allow());
  deny('unrevoke', 'take serials off the deny list again');
  command('denied', '', 'the deny list: who is refused by hand, since when, and why').action(
    act(async (context) => (await import('./commands/state.ts')).denied(context)),
  );
  command('state', '<rebuild>', 'rebuild: read a lost state back from what the services hold').action(
    act(async (context, [what = '']) => (await import('./commands/state.ts')).state(context, what)),
  );
  command(
    'explain',
    '<certificate>',
    'would this client be admitted, target by target, and why; asks no service',
  ).action(
    act(async (context, [file = '']) => (await import('./commands/explain.ts')).explain(context, file)),
  );
  command('probe', '', 'live handshakes: who is admitted, and who is not')
    .addOption(repeatable('--cert <name=cert,key[,chain]>', 'a client certificate with its key'))
    .option('--expect <file>', 'what should become of each client: client, target, admitted or refused')
    .action(
      act<{ cert: string[]; expect?: string }>(async (context, _args, flags) =>
        (await import('./commands/status.ts')).probe(context, flags),
      ),
    );
  command('local', '', 'serve the local AWS on this machine')
    .option('--port <port>', 'port on 127.0.0.1; 0: any free one', '0')
    .option('--dir <folder>', 'folder for the certificates of its data planes')
    .action(
      act<{ port: string; dir?: string }>(async (context, _args, flags) =>
        (await import('./commands/local.ts')).local(context, flags),
      ),
    );

  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && args.includes('--json')) {
      const { plainErrorDocument, printDocument } = await import('./errors.ts');
      printDocument(plainErrorDocument('usage', error.message.replace(/^error: /, ''), error.exitCode), io);
    }
    return error.exitCode;
  }
  return code;
}

/** Options of `plan` and `apply`. */
interface PlanFlags {
  readonly allow: string[];
  readonly allowFile?: string;
  readonly target: string[];
}

function common(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'the definition; - reads it from standard input (default: trustloom.yaml here or above)',
    )
    .option('--json', 'one JSON document on standard output, also for errors')
    .option('--no-color', 'no colour')
    .option('--quiet', 'no progress and no notes')
    .option('--verbose', 'every name and reason; stack traces with errors')
    .option('--region <region>', 'AWS region where the definition names none')
    .option('--profile <name>', 'AWS profile')
    .option('--endpoint-url <url>', 'endpoint of all services: a local AWS');
}

/** Does the work of a command; what goes wrong is printed, and becomes an exit code. */
async function perform<Flags>(
  work: Action<Flags>,
  args: readonly string[],
  flags: CommonOptions & Flags,
  io: CliIo,
): Promise<number> {
  try {
    const { createContext } = await import('./context.ts');
    return await work(createContext(io, flags), args, flags);
  } catch (error) {
    const { errorDocument, exitCodeOf, plainErrorDocument, printDocument, printError } = await import(
      './errors.ts'
    );
    const interrupted = 'interrupted; the next apply goes on where this one stopped';
    const exitCode = io.signal.aborted ? 130 : exitCodeOf(error);
    if (flags.json === true)
      printDocument(
        io.signal.aborted
          ? plainErrorDocument('aborted', interrupted, exitCode)
          : errorDocument(error, exitCode),
        io,
      );
    if (io.signal.aborted) io.err(`${interrupted}\n`);
    else printError(error, io, flags.verbose === true);
    return exitCode;
  }
}
