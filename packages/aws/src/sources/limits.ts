/**
 * Largest source that is read, in bytes. A bundle may be four times what the roomiest trust store
 * takes (API Gateway, 1 MB, "Configure mutual TLS authentication", 2026-11); a CRL a good deal
 * more than 50 MB (Elastic Load Balancing, quotas, 2026-11); an inventory two million serials of 20
 * bytes in hex with colons.
 */
export const sourceLimits = {
  bundle: 4 * 1024 * 1024,
  crl: 64 * 1024 * 1024,
  inventory: 128 * 1024 * 1024,
} as const;

/** Longest time for one web source, redirects and body included, in ms. */
export const webTimeoutMs = 60_000;

/** How many redirects are followed. */
export const maxRedirects = 5;
