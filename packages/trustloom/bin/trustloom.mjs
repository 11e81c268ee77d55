#!/usr/bin/env node
// The command: the built one, or in a clone that was not built yet, the source.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(built))) {
  await import(built.href);
} else {
  // In this process and no child: a signal to the command then reaches all of it.
  const [{ register }, tsx] = await Promise.all([import('node:module'), import('tsx/esm/api')]);
  const sources = `export const resolve = (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@trustloom/source'] });`;
  tsx.register();
  register(`data:text/javascript,${encodeURIComponent(sources)}`);
  await import('../src/cli/main.ts');
}
