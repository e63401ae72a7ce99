/* One run of one benchmark case over the public C ABI; run.py calls it with either library in turn.
 *
 *   bench list             one JSON line per case
 *   bench CASE SECONDS     runs the case, prints one JSON line with what it measured
 *
 * bench.h says what a case is; each table of cases has a file of its own. No run lasts: an alarm ends one that hangs.
 */
#include "bench.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const struct bench_case *const tables[] = {raw_cases,   raw_crowd_cases, stream_cases, echo_cases,  crowd_cases,
                                                  topic_cases, connect_cases,   proxy_cases,  thread_cases};
#define TABLES (sizeof tables / sizeof tables[0])

static const char *const metrics[] = {
  [RATE] = "[\"rate\", \"cpu\"]",
  [LATENCY] = "[\"p50\", \"p99\", \"p999\", \"cpu\"]",
  [MEMORY] = "[\"memory\"]",
};

static void list (void)
{
    for (size_t table = 0; table < TABLES; table++)
        for (const struct bench_case *row = tables[table]; row->name; row++)
            printf ("{\"name\": \"%s\", \"group\": \"%s\", \"transport\": \"%s\", \"size\": %zu, \"metrics\": %s, \"floor\": \"%s\"}\n",
                    row->name, row->group, row->transport, row->size, metrics[row->measure], row->floor);
}

static const struct bench_case *find (const char *name)
{
    for (size_t table = 0; table < TABLES; table++)
        for (const struct bench_case *row = tables[table]; row->name; row++)
            if (!strcmp (row->name, name))
                return row;
    return NULL;
}

/* The cases with thousands of sockets need as many descriptors. */
static void raise_limit (void)
{
    struct rlimit limit;
    must (getrlimit (RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
}

int main (int argc, char **argv)
{
    if (argc == 2 && !strcmp (argv[1], "list")) {
        list ();
        return 0;
    }
    const struct bench_case *row = argc == 3 ? find (argv[1]) : NULL;
    if (!row) {
        fprintf (stderr, "usage: bench list | bench CASE SECONDS\n");
        return 2;
    }
    prctl (PR_SET_PDEATHSIG, SIGKILL); /* who waits for the result is gone */
    alarm ((unsigned) (atof (argv[2]) * 3) + 15);
    raise_limit ();
    run (row, atof (argv[2]));
    return 0;
}
