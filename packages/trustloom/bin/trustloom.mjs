#!/usr/bin/env node
// The command: the built one, or in a clone that was not built yet, the source.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(built))) {
  await import(built.href);
} else {
  const { spawnSync } = await import('node:child_process');
  const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const run = spawnSync(
    process.execPath,
    [
      '--conditions=@trustloom/source',
      '--import',
      import.meta.resolve('tsx'),
      source,
      ...process.argv.slice(2),
    ],
    { stdio: 'inherit' },
  );
  process.exitCode = run.status ?? 1;
}
