import type { Code } from '../errors/codes.ts';
import type { Path } from './source.ts';

/** Collects what is wrong; everything is reported at once. */
export type Complain = (code: Code, path: Path, message: string, where?: 'key' | 'value') => void;
