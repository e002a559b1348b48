#include "vault_int.h"
/* SQLite's own sums over its log, by which its recovery knows a frame (fileformat2, part 4.2). */

static uint32_t word(bool big, const uint8_t *p)
{
	return big ? be32_get(p) : (uint32_t)le_get(p, 4);
}

void wal_sum(const uint8_t log[WAL_HEAD], const uint8_t *p, size_t n, uint32_t sum[2])
{
	const bool big = log[3] & 1;
	for (size_t i = 0; i < n; i += 8) {
		sum[0] += word(big, p + i) + sum[1];
		sum[1] += word(big, p + i + 4) + sum[0];
	}
}

bool wal_head_good(const uint8_t log[WAL_HEAD])
{
	uint32_t sum[2] = {0, 0};
	if ((be32_get(log) & 0xfffffffe) != 0x377f0682)
		return false;
	wal_sum(log, log, 24, sum);
	return sum[0] == be32_get(log + 24) && sum[1] == be32_get(log + 28);
}
