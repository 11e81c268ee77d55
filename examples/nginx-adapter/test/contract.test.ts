import { runAdapterContract } from '@trustloom/testkit';
import { describe, it } from 'vitest';
import { nginxFiles } from '../src/index.ts';
import { nginxWorlds, watchedFiles } from './world.ts';

const files = watchedFiles();

runAdapterContract(
  { describe, it },
  { name: 'nginx files', service: nginxFiles(files), worlds: nginxWorlds(files) },
);
