/** One thing that was looked at. */
export interface Reason {
  /** `no`: this alone refuses the client. `unknown`: nobody has told what the service does. */
  readonly says: 'yes' | 'no' | 'unknown';
  readonly what: 'chain' | 'validity' | 'purpose' | 'key' | 'limits' | 'revocation';
  readonly text: string;
}
