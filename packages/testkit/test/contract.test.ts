import { describe, it } from 'vitest';
import { runAdapterContract } from '../src/index.ts';
import { fake } from './fake-adapter.ts';
import { fakeOptions } from './fake-options.ts';

runAdapterContract({ describe, it }, fakeOptions(fake));
