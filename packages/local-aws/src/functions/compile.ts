import { Script } from 'node:vm';

const IMPORT = /^[ \t]*import\s+([A-Za-z_$][\w$]*)\s+from\s+(['"])([^'"]*)\2[ \t]*;?/gm;

/**
 * Compiles the code of a connection function as the runtime takes it: an old script with one
 * import, of `cloudfront`.
 *
 * @throws SyntaxError
 */
export function compile(code: string): Script {
  const script = code.replace(IMPORT, (_all, name: string, _quote, module: string) => {
    if (module !== 'cloudfront') throw new SyntaxError(`The local AWS has no module ${module.slice(0, 40)}`);
    return `var ${name} = __cloudfront;`;
  });
  return new Script(script, { filename: 'connection-function.js' });
}
