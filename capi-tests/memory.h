/*
 * memory.h: does something that a peer can do for ever cost memory for ever?
 * A round is done many times for warming up, then many times more; the pages of
 * the process may have grown by a bound that no round's worth of bytes, kept
 * each time, could stay below.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "wire.h"

/* Resident bytes of this process. */
static size_t memory_now (void)
{
    unsigned long pages = 0, resident = 0;
    FILE *f = fopen ("/proc/self/statm", "r");
    t_need (f && fscanf (f, "%lu %lu", &pages, &resident) == 2);
    fclose (f);
    return resident * (size_t) sysconf (_SC_PAGESIZE);
}

/* `bound`: bytes by which it may grow in `rounds` rounds after as many others. */
T_FN void memory_flat (const char *what, void (*round) (int number), int rounds, size_t bound)
{
    size_t before, after;
    for (int i = 0; i < rounds; i++)
        round (i);
    before = memory_now ();
    for (int i = 0; i < rounds; i++)
        round (rounds + i);
    after = memory_now ();
    if (after <= before + bound)
        printf ("%s: flat\n", what);
    else
        printf ("%s: grew by %zu KiB\n", what, (after - before) / 1024);
}

#endif
