import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { z as Zod } from 'zod';

const load = (name: string) => createRequire(import.meta.url)(name);

/** The YAML reader, loaded when it is first used: who only checks CRLs does not wait for it. */
export const yaml = (): typeof Yaml => load('yaml');

/**
 * The schema library, loaded when it is first used. Its registry is one for the process, whichever
 * module system loads it.
 */
export const zod = (): typeof Zod => load('zod').z;
