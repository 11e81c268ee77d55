import { TrustloomError } from '../errors/error.ts';
import { yaml } from '../util/lazy.ts';

/**
 * The value of a YAML or JSON text, of which nothing is known yet.
 *
 * @throws TrustloomError `definition-syntax`, with the place
 * @example
 * readYaml('good: { edge: admitted }', 'matrix.yaml')
 */
export function readYaml(text: string, name: string): unknown {
  const { LineCounter, parseDocument } = yaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem === undefined) return document.toJS();
  const { line, col } = counter.linePos(problem.pos[0]);
  throw new TrustloomError('definition-syntax', `${name}:${line}:${col}: not valid YAML or JSON`);
}
