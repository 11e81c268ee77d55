/** One thing that was looked at. */
export interface Reason {
  /** `no`: this alone refuses the client. `unknown`: it is not documented what the service does. */
  readonly says: 'yes' | 'no' | 'unknown';
  readonly what: 'chain' | 'validity' | 'purpose' | 'key' | 'limits' | 'revocation';
  readonly text: string;
}
