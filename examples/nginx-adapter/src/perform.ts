import type { Handlers } from '@trustloom/core/adapter';
import { bundleText, crlsText, type NginxSteps } from './model.ts';
import type { NginxPort } from './port/index.ts';

/** One write for each kind of step. It does not compile with one missing. */
export const performNginx: Handlers<NginxSteps, NginxPort> = {
  async 'write-bundle'({ file, replaces, cas }, port, io) {
    const text = bundleText(cas, io.context);
    return { output: { sha256: await port.replace(file, text, io.value(replaces)) } };
  },
  async 'write-crls'({ file, replaces, crls }, port, io) {
    const text = crlsText(crls, io.context);
    return { output: { sha256: await port.replace(file, text, io.value(replaces)) } };
  },
  async 'remove-file'({ file, replaces }, port) {
    await port.remove(file, replaces);
    return { output: {} };
  },
};
