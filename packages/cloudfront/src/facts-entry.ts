// What can be known of this adapter without loading the SDK.
export { cloudfrontFacts } from './facts.ts';
export { type CloudfrontTarget, cloudfrontPlace, cloudfrontTarget } from './target.ts';
