#!/usr/bin/env node
// The command: the built one, or in a clone that was not built yet, the source.
const built = new URL('../dist/cli/main.js', import.meta.url).href;
try {
  await import(built);
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== built) throw error;
  const [{ spawnSync }, { fileURLToPath }] = await Promise.all([
    import('node:child_process'),
    import('node:url'),
  ]);
  const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const tsx = import.meta.resolve('tsx');
  const args = ['--conditions=@trustloom/source', '--import', tsx, source, ...process.argv.slice(2)];
  const run = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
}
