/* The meter: wall clock and CPU time of both ends between two moments, the time of single calls, and the line that tells them. */
#include "bench.h"
#include <dlfcn.h>
#include <limits.h>
#include <time.h>

#define MAX_SAMPLES (1 << 20)

void must (int good, const char *what)
{
    if (good)
        return;
    fprintf (stderr, "bench: %s: %s\n", what, zmq_strerror (zmq_errno ()));
    _exit (1);
}

static double clock_seconds (clockid_t id)
{
    struct timespec now;
    must (clock_gettime (id, &now) == 0, "clock_gettime");
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

double now (void)
{
    return clock_seconds (CLOCK_MONOTONIC);
}

/* CPU seconds used so far by all threads of a process (0: this one): what getrusage tells, for a living peer too. */
static double cpu_of (pid_t pid)
{
    clockid_t id = CLOCK_PROCESS_CPUTIME_ID;
    if (pid)
        must (clock_getcpuclockid (pid, &id) == 0, "clock_getcpuclockid");
    return clock_seconds (id);
}

double resident (pid_t pid)
{
    char path[64];
    long pages = 0;
    snprintf (path, sizeof path, "/proc/%d/statm", pid ? pid : getpid ());
    FILE *file = fopen (path, "r");
    must (file && fscanf (file, "%*d %ld", &pages) == 1, path);
    fclose (file);
    return (double) pages * (double) sysconf (_SC_PAGESIZE) / 1024;
}

struct meter start_meter (const struct end *end)
{
    struct meter meter = {end, now (), cpu_of (0), end->peer ? cpu_of (end->peer) : 0};
    return meter;
}

static void print_library (void)
{
    Dl_info info;
    char path[PATH_MAX];
    int major, minor, patch;
    must (dladdr ((void *) zmq_version, &info) && realpath (info.dli_fname, path), "dladdr");
    zmq_version (&major, &minor, &patch);
    printf ("\"library\": \"%s\", \"version\": \"%d.%d.%d\"", path, major, minor, patch);
}

/* All but the closing "}}". */
static void print_meter (const struct meter *meter, uint64_t count)
{
    double wall = now () - meter->wall, cpu = cpu_of (0) - meter->cpu;
    if (meter->end->peer)
        cpu += cpu_of (meter->end->peer) - meter->peer_cpu;
    printf ("{\"case\": \"%s\", ", meter->end->row->name);
    print_library ();
    printf (", \"count\": %llu, \"seconds\": %.6f, \"metrics\": {\"cpu\": %.6f", (unsigned long long) count, wall,
            cpu * 1e6 / (double) count);
    if (meter->end->row->measure == RATE)
        printf (", \"rate\": %.3f", (double) count / wall);
}

void print_memory (const struct end *end, double kib)
{
    printf ("{\"case\": \"%s\", ", end->row->name);
    print_library ();
    printf (", \"metrics\": {\"memory\": %.4f}}\n", kib);
}

/* Calls `one`, which does `batch` messages, until the time is up, first to warm up, then to measure the rate. */
void measure_batches (struct end *end, void *what, int batch, void one (struct end *, void *))
{
    int stride = batch > 1 || end->row->size >= 4096 ? 4 : 32; /* calls between two looks at the clock */
    uint64_t count = 0;
    for (double until = now () + end->seconds * WARM_UP; now () < until;)
        for (int i = 0; i < stride; i++)
            one (end, what);
    struct meter meter = start_meter (end);
    for (double until = meter.wall + end->seconds; now () < until; count += (uint64_t) (stride * batch))
        for (int i = 0; i < stride; i++)
            one (end, what);
    print_meter (&meter, count);
    printf ("}}\n");
}

void measure_rate (struct end *end, void *what, void one (struct end *, void *))
{
    measure_batches (end, what, 1, one);
}

static int by_size (const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;
    return (x > y) - (x < y);
}

void print_latency (const struct meter *meter, uint32_t *samples, size_t count)
{
    must (count > 0, "no samples");
    print_meter (meter, count);
    qsort (samples, count, sizeof *samples, by_size);
    printf (", \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f}}\n", samples[count / 2] / 1e3, samples[count - 1 - count / 100] / 1e3,
            samples[count - 1 - count / 1000] / 1e3);
}

/* Calls `one` until then and notes the time of each call; returns how many. */
size_t take_samples (struct end *end, void *what, void one (struct end *, void *), double until, uint32_t *samples, size_t room)
{
    size_t count = 0;
    double after = now ();
    while (after < until && count < room) {
        double before = after;
        if (end->row->pause) {
            usleep ((useconds_t) end->row->pause);
            before = now ();
        }
        one (end, what);
        after = now ();
        samples[count++] = (uint32_t) ((after - before) * 1e9);
    }
    return count;
}

/* Calls `one` until the time is up, first to warm up, then to measure. */
void measure_latency (struct end *end, void *what, void one (struct end *, void *))
{
    uint32_t *samples = malloc (MAX_SAMPLES * sizeof *samples);
    must (samples != NULL, "malloc");
    memset (samples, 1, MAX_SAMPLES * sizeof *samples); /* no page faults later */
    take_samples (end, what, one, now () + end->seconds * WARM_UP, samples, MAX_SAMPLES);
    struct meter meter = start_meter (end);
    print_latency (&meter, samples, take_samples (end, what, one, meter.wall + end->seconds, samples, MAX_SAMPLES));
    free (samples);
}
