/**
 * `2,048`: a count in messages. Not by Intl: its first use costs a process tens of milliseconds.
 *
 * @param value an integer
 */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
