/* A strict walk over the entries of a list in C, with the checks that ours has: what plain code can reach. Prints its own time.
   usage: walk FILE START END RUNS (offsets of the entries) */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int plain_time(const uint8_t *t) {
  for (int i = 0; i < 12; i++)
    if ((uint8_t)(t[i] - '0') > 9) return 0;
  int month = (t[2] - '0') * 10 + t[3] - '0', day = (t[4] - '0') * 10 + t[5] - '0', hour = (t[6] - '0') * 10 + t[7] - '0';
  int days = month == 2 ? 28 : 30 + ((0x15AA >> month) & 1);
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour <= 23 && t[8] <= '5' && t[10] <= '5' && t[12] == 'Z';
}

static const uint8_t reason[13] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};

static long walk(const uint8_t *der, size_t at, size_t stop) {
  long count = 0;
  while (at < stop) {
    if (at + 20 > stop || der[at] != 0x30 || der[at + 1] > 0x7f || der[at + 2] != 2) return -1;
    size_t end = at + 2 + der[at + 1], length = der[at + 3], time = at + 4 + length;
    if (end > stop || length == 0 || length > 0x7f || time + 15 > end) return -1;
    if (length > 1 && ((der[at + 4] == 0 && der[at + 5] < 0x80) || (der[at + 4] == 0xff && der[at + 5] >= 0x80))) return -1;
    if (der[time] != 0x17 || der[time + 1] != 13 || !plain_time(der + time + 2)) return -1;
    if (end != time + 15 && (end != time + 29 || memcmp(der + time + 15, reason, 13) != 0)) return -1;
    count++;
    at = end;
  }
  return count;
}

static uint32_t crc_table[256];

static uint32_t crc(uint32_t value, const uint8_t *bytes, size_t length) {
  value = ~value;
  for (size_t i = 0; i < length; i++) value = crc_table[(value ^ bytes[i]) & 0xff] ^ (value >> 8);
  return ~value;
}

/* CRC-32 over each serial's length and bytes without sign byte: all yardsticks must agree. */
static uint32_t digest(const uint8_t *der, size_t at, size_t stop) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    crc_table[i] = c;
  }
  uint32_t value = 0;
  for (; at < stop; at += 2 + der[at + 1]) {
    uint8_t skip = der[at + 3] > 1 && der[at + 4] == 0, length = der[at + 3] - skip;
    value = crc(value, &length, 1);
    value = crc(value, der + at + 4 + skip, length);
  }
  return value;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 2;
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  uint8_t *der = malloc(size);
  if (fread(der, 1, size, file) != size) return 2;
  size_t start = strtoull(argv[2], 0, 10), stop = strtoull(argv[3], 0, 10);
  int runs = atoi(argv[4]);
  double times[64];
  long count = 0;
  for (int run = 0; run < runs && run < 64; run++) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    count = walk(der, start, stop);
    clock_gettime(CLOCK_MONOTONIC, &to);
    times[run] = (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6;
  }
  qsort(times, (size_t)runs, sizeof(double), by_value);
  printf("{\"wall\": %f, \"count\": %ld, \"digest\": %u}\n", times[runs / 2], count, digest(der, start, stop));
  return count < 0;
}
