import { describe, it } from 'vitest';
import { runAdapterContract } from '../src/index.ts';
import { toy } from './toy-adapter.ts';
import { toyOptions } from './toy-options.ts';

runAdapterContract({ describe, it }, toyOptions(toy));
