// What can be known of this adapter without loading the SDK.
export { albFacts } from './facts.ts';
export { type AlbTarget, albPlace, albTarget } from './target.ts';
