export { type ConnectionFunctionOptions, generateConnectionFunction } from './generate.ts';
