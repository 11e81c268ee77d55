// What can be known of this adapter without loading the SDK.
export { apiGatewayFacts } from './facts.ts';
export { type ApiGatewayTarget, apiGatewayPlace, apiGatewayTarget } from './target.ts';
