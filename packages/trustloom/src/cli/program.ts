import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';
import type { CliContext, CommonOptions } from './context.ts';
import type { CliIo } from './io.ts';

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/**
 * The command as a function: arguments in, exit code out. What it works with is loaded when a command needs it, so that help is fast.
 */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  let code = 0;
  const program = new Command('trustloom');
  const common = (command: Command) =>
    command
      .option(
        '--config <file>',
        'the definition; - reads it from standard input (default: trustloom.yaml here or above)',
      )
      .option('--json', 'one JSON document on standard output')
      .option('--no-color', 'no colour')
      .option('--quiet', 'no progress and no notes')
      .option('--verbose', 'stack traces with errors')
      .option('--region <region>', 'AWS region where the definition tells none')
      .option('--profile <name>', 'AWS profile')
      .option('--endpoint-url <url>', 'endpoint of all services: a local AWS');
  const act =
    <Flags>(
      work: (context: CliContext, args: readonly string[], flags: CommonOptions & Flags) => Promise<number>,
    ) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const flags = command.opts() as CommonOptions & Flags;
      try {
        const { createContext } = await import('./context.ts');
        const context = createContext(io, flags);
        code = await work(context, command.args, flags);
      } catch (error) {
        const { exitCodeOf, printError } = await import('./errors.ts');
        code = io.signal.aborted ? 130 : exitCodeOf(error);
        if (io.signal.aborted) io.err('interrupted; the next apply goes on where this one stopped\n');
        else printError(error, io, flags.verbose === true);
      }
    };
  const allow = () =>
    new Option('--allow <effect:thing>', 'a consent, as plan prints it; may be given again')
      .argParser(many)
      .default([]);
  const target = () =>
    new Option('--target <name>', 'only this target; may be given again').argParser(many).default([]);
  const detailed = () => new Option('--detailed-exitcode', 'exit 2 when something differs');

  program
    .description(
      'One definition of which CAs are trusted and which certificates are revoked; four AWS trust stores follow it.',
    )
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  const command = (signature: string, description: string) =>
    common(program.command(signature)).description(description).exitOverride();

  command('init', 'write a commented definition')
    .option('--import', 'from what exists (not built yet)')
    .action(
      act<{ import?: true }>(async (context, _args, flags) =>
        (await import('./commands/init.ts')).init(context, flags),
      ),
    );
  command('accept [sha256...]', 'show what the sources offer, and put it into the lock')
    .option('--all', 'all that is new')
    .action(
      act<{ all?: true }>(async (context, args, flags) =>
        (await import('./commands/lock.ts')).accept(context, args, flags.all === true),
      ),
    );
  command('retire <sha256>', 'let a CA go: from every target, by consent').action(
    act(async (context, [digest = '']) => (await import('./commands/lock.ts')).retire(context, digest)),
  );
  command('check [file...]', 'pre-flight; with files alone it needs no definition').action(
    act(async (context, args) => (await import('./commands/check.ts')).check(context, args)),
  );
  command('plan', 'what would change, with its digest and the consents that it needs')
    .addOption(allow())
    .addOption(target())
    .addOption(detailed())
    .option('--markdown', 'as Markdown, for a pull request')
    .action(
      act<{ allow: string[]; target: string[]; detailedExitcode?: true; markdown?: true }>(
        async (context, _args, flags) => (await import('./commands/plan.ts')).plan(context, flags),
      ),
    );
  command('apply', 'plan again, ask, and do it')
    .addOption(allow())
    .addOption(target())
    .option('--approve <digest>', 'go on only with this plan')
    .option('--auto-approve', 'go on with whatever is planned')
    .action(
      act<{ allow: string[]; target: string[]; approve?: string; autoApprove?: true }>(
        async (context, _args, flags) => (await import('./commands/plan.ts')).apply(context, flags),
      ),
    );
  command('status', 'what the services hold: content and drift, freshness, preconditions, doors')
    .addOption(target())
    .addOption(detailed())
    .action(
      act<{ target: string[]; detailedExitcode?: true }>(async (context, _args, flags) =>
        (await import('./commands/status.ts')).status(context, flags),
      ),
    );
  command(
    'refresh',
    'newer lists and the deny list go where they are enforced, and nothing else; safe every minute',
  )
    .addOption(target())
    .action(
      act<{ target: string[] }>(async (context, _args, flags) =>
        (await import('./commands/revocation.ts')).refresh(context, flags),
      ),
    );
  const deny = (name: 'revoke' | 'unrevoke', description: string) =>
    command(`${name} <serial-or-file...>`, description)
      .option('--ca <sha256>', 'the CA that issued the serials, where several are known')
      .option('--reason <text>', 'why; kept with the entry')
      .option('--by <name>', 'who asks for it (default: the user of this process)')
      .addOption(allow())
      .action(
        act<{ ca?: string; reason?: string; by?: string; allow: string[] }>(async (context, args, flags) =>
          (await import('./commands/revocation.ts')).revoke(context, name, args, flags),
        ),
      );
  deny('revoke', 'emergency: put serials, or the certificate in a file, on the deny list');
  deny('unrevoke', 'take serials off the deny list again');
  command(
    'explain <certificate>',
    'would this client get in, target by target, and why; asks no service',
  ).action(
    act(async (context, [file = '']) => (await import('./commands/revocation.ts')).explain(context, file)),
  );
  command('probe', 'live handshakes: who gets in, who does not')
    .addOption(
      new Option('--cert <name=cert,key[,chain]>', 'a client certificate with its key; may be given again')
        .argParser(many)
        .default([]),
    )
    .action(
      act<{ cert: string[] }>(async (context, _args, flags) =>
        (await import('./commands/status.ts')).probe(context, flags),
      ),
    );
  command('local', 'serve the local AWS on this machine')
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
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return code;
}
