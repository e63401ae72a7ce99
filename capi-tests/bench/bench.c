/* One run of one benchmark case over the public C ABI; run.py calls it with either library in turn.
 *
 *   bench list             one JSON line per case
 *   bench CASE SECONDS     runs the case, prints one JSON line with what it measured
 *
 * A case is a row of `cases`: a subject, which binds, receives or asks, and measures; and a peer, which connects, sends or
 * answers. Over tcp and ipc they are two processes (forked before any context exists), over inproc two threads of one
 * context. The subject warms up, then measures for SECONDS, then sets `stop`; the peer ends after that. New cases: one
 * row, and one or two functions if their traffic is new. The "floor" cases do the same with bare descriptors.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define WARM_UP 0.25 /* part of SECONDS that goes before the measurement */
#define MAX_SAMPLES (4 << 20)
#define BUFFER (64 << 10)

enum measure { RATE, LATENCY };

/* What the two ends have in common, also across processes. */
struct shared {
    _Atomic int bound, stop, drained;
    char endpoint[256];
};

struct end {
    const struct bench_case *row;
    struct shared *shared;
    void *context;     /* zmq cases; over inproc the same for both ends */
    int fd[2];         /* floor cases: this end's descriptors to read from and to write to */
    double seconds;
    pid_t peer;        /* subject's: the peer's process, 0 when it is a thread */
};

struct bench_case {
    const char *name, *group, *transport;
    enum measure measure;
    size_t size;
    const char *floor; /* the floor case to compare with, or NULL; "" marks a floor case */
    void (*subject) (struct end *), (*peer) (struct end *);
};

static void must (int good, const char *what)
{
    if (good)
        return;
    fprintf (stderr, "bench: %s: %s\n", what, zmq_strerror (zmq_errno ()));
    exit (1);
}

/* Clocks and results */

static double clock_seconds (clockid_t id)
{
    struct timespec now;
    must (clock_gettime (id, &now) == 0, "clock_gettime");
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static double now (void)
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

struct meter {
    const struct end *end;
    double wall, cpu, peer_cpu;
};

static struct meter start_meter (const struct end *end)
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

/* Ends the measurement; prints all but the closing brace of "metrics". */
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

/* Calls `one` until the time is up, first to warm up, then to measure the rate. */
static void measure_rate (struct end *end, void *what, void one (struct end *, void *))
{
    int stride = end->row->size >= 4096 ? 4 : 32; /* messages between two looks at the clock */
    uint64_t count = 0;
    for (double until = now () + end->seconds * WARM_UP; now () < until;)
        for (int i = 0; i < stride; i++)
            one (end, what);
    struct meter meter = start_meter (end);
    for (double until = meter.wall + end->seconds; now () < until; count += (uint64_t) stride)
        for (int i = 0; i < stride; i++)
            one (end, what);
    print_meter (&meter, count);
    printf ("}}\n");
}

static int by_size (const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;
    return (x > y) - (x < y);
}

/* Calls `one` until the time is up, first to warm up, then to take the time of each call. */
static void measure_latency (struct end *end, void *what, void one (struct end *, void *))
{
    uint32_t *samples = malloc (MAX_SAMPLES * sizeof *samples);
    must (samples != NULL, "malloc");
    memset (samples, 1, MAX_SAMPLES * sizeof *samples); /* no page faults later */
    for (double until = now () + end->seconds * WARM_UP; now () < until;)
        one (end, what);
    size_t count = 0;
    struct meter meter = start_meter (end);
    double before = meter.wall, until = meter.wall + end->seconds;
    while (before < until && count < MAX_SAMPLES) {
        one (end, what);
        double after = now ();
        samples[count++] = (uint32_t) ((after - before) * 1e9);
        before = after;
    }
    print_meter (&meter, count);
    qsort (samples, count, sizeof *samples, by_size);
    printf (", \"p50\": %.3f, \"p99\": %.3f}}\n", samples[count / 2] / 1e3, samples[count - 1 - count / 100] / 1e3);
    free (samples);
}

/* Sockets: the subject binds a wildcard endpoint, the peer connects to it */

static void *bound (struct end *end, int type)
{
    const char *transport = end->row->transport;
    const char *address = !strcmp (transport, "tcp") ? "tcp://127.0.0.1:*" : !strcmp (transport, "ipc") ? "ipc://*" : "inproc://bench";
    size_t size = sizeof end->shared->endpoint;
    void *socket = zmq_socket (end->context, type);
    must (socket && zmq_bind (socket, address) == 0, "zmq_bind");
    must (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, end->shared->endpoint, &size) == 0, "ZMQ_LAST_ENDPOINT");
    atomic_store (&end->shared->bound, 1);
    return socket;
}

static void *connected (struct end *end, int type)
{
    void *socket = zmq_socket (end->context, type);
    while (!atomic_load (&end->shared->bound))
        usleep (500);
    must (socket && zmq_connect (socket, end->shared->endpoint) == 0, "zmq_connect");
    return socket;
}

static void finish (void *socket)
{
    must (zmq_close (socket) == 0, "zmq_close");
}

static int stopped (struct end *end)
{
    return atomic_load_explicit (&end->shared->stop, memory_order_relaxed);
}

/* PUSH/PULL */

static void pull_one (struct end *end, void *what)
{
    zmq_msg_t *message = ((void **) what)[1];
    must (zmq_msg_recv (message, ((void **) what)[0], 0) == (int) end->row->size, "zmq_msg_recv");
}

static void pull (struct end *end)
{
    zmq_msg_t message;
    void *socket = bound (end, ZMQ_PULL), *what[] = {socket, &message};
    zmq_msg_init (&message);
    measure_rate (end, what, pull_one);
    atomic_store (&end->shared->stop, 1);
    while (zmq_msg_recv (&message, socket, 0) > 0) /* an empty message is the peer's last */
        ;
    atomic_store (&end->shared->drained, 1);
    zmq_msg_close (&message);
    finish (socket);
}

static void push (struct end *end)
{
    static char body[BUFFER];
    void *socket = connected (end, ZMQ_PUSH);
    while (!stopped (end))
        must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
    must (zmq_send (socket, body, 0, 0) == 0, "zmq_send");
    while (!atomic_load (&end->shared->drained)) /* libzmq may lose the tail of an ipc stream when it closes first */
        usleep (500);
    finish (socket);
}

/* REQ/REP */

static void ask_one (struct end *end, void *socket)
{
    static char body[BUFFER];
    must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
    must (zmq_recv (socket, body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
}

static void req (struct end *end)
{
    char body[1];
    void *socket = bound (end, ZMQ_REQ);
    measure_latency (end, socket, ask_one);
    must (zmq_send (socket, body, 0, 0) == 0 && zmq_recv (socket, body, 1, 0) == 0, "the last request");
    finish (socket);
}

static void rep (struct end *end)
{
    char body[BUFFER];
    void *socket = connected (end, ZMQ_REP);
    int size;
    do {
        size = zmq_recv (socket, body, sizeof body, 0);
        must (size >= 0 && zmq_send (socket, body, (size_t) size, 0) == size, "echo");
    } while (size > 0);
    finish (socket);
}

/* The machine's floor: the same traffic on bare descriptors */

static size_t read_all (int fd, char *body, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = read (fd, body + got, size - got);
        if (n <= 0)
            break;
        got += (size_t) n;
    }
    return got;
}

static int write_all (int fd, const char *body, size_t size)
{
    while (size > 0) {
        ssize_t n = write (fd, body, size);
        if (n <= 0)
            return 0;
        body += n;
        size -= (size_t) n;
    }
    return 1;
}

static void raw_ask_one (struct end *end, void *body)
{
    must (write_all (end->fd[1], body, end->row->size) && read_all (end->fd[0], body, end->row->size) == end->row->size, "raw echo");
}

static void raw_ask (struct end *end)
{
    uint64_t body[BUFFER / 8] = {1};
    measure_latency (end, body, raw_ask_one);
    atomic_store (&end->shared->stop, 1);
    raw_ask_one (end, body); /* wakes the peer for the last time */
}

static void raw_answer (struct end *end)
{
    char body[BUFFER];
    int last = 0;
    while (!last && read_all (end->fd[0], body, end->row->size) == end->row->size) {
        last = stopped (end);
        must (write_all (end->fd[1], body, end->row->size), "raw echo");
    }
}

static void raw_take_one (struct end *end, void *body)
{
    must (read_all (end->fd[0], body, end->row->size) == end->row->size, "raw stream");
}

static void raw_take (struct end *end)
{
    static char body[BUFFER];
    measure_rate (end, body, raw_take_one);
    close (end->fd[0]);
}

static void raw_pour (struct end *end)
{
    static char body[BUFFER];
    signal (SIGPIPE, SIG_IGN);
    while (write_all (end->fd[1], body, end->row->size))
        ;
}

/* A connected pair of descriptors per end: TCP over loopback, a UNIX socket pair, or two eventfds. */
static void connect_raw (struct end *subject, struct end *peer)
{
    const char *transport = subject->row->transport;
    int one = 1, pair[2];
    if (!strcmp (transport, "inproc")) {
        int there = eventfd (0, 0), back = eventfd (0, 0);
        must (there >= 0 && back >= 0, "eventfd");
        subject->fd[0] = peer->fd[1] = back;
        subject->fd[1] = peer->fd[0] = there;
        return;
    }
    if (!strcmp (transport, "tcp")) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int listener = socket (AF_INET, SOCK_STREAM, 0);
        must (bind (listener, (struct sockaddr *) &address, size) == 0 && listen (listener, 1) == 0
                && getsockname (listener, (struct sockaddr *) &address, &size) == 0,
              "listen");
        pair[0] = socket (AF_INET, SOCK_STREAM, 0);
        must (connect (pair[0], (struct sockaddr *) &address, size) == 0, "connect");
        pair[1] = accept (listener, NULL, NULL);
        close (listener);
        for (int i = 0; i < 2; i++)
            must (setsockopt (pair[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
    } else
        must (socketpair (AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    subject->fd[0] = subject->fd[1] = pair[0];
    peer->fd[0] = peer->fd[1] = pair[1];
}

/* The table */

#define PER_TRANSPORT(name, group, measure, size, floor, subject, peer) \
    {name "/tcp", group, "tcp", measure, size, floor "/tcp", subject, peer}, \
    {name "/ipc", group, "ipc", measure, size, floor "/ipc", subject, peer}, \
    {name "/inproc", group, "inproc", measure, size, floor "/inproc", subject, peer}

static const struct bench_case cases[] = {
  {"floor_echo/tcp", "raw echo 1 B", "tcp", LATENCY, 1, "", raw_ask, raw_answer},
  {"floor_echo/ipc", "raw echo 1 B", "ipc", LATENCY, 1, "", raw_ask, raw_answer},
  {"floor_echo/inproc", "raw echo 1 B", "inproc", LATENCY, 8, "", raw_ask, raw_answer}, /* an eventfd takes 8 bytes */
  {"floor_stream_64k/tcp", "raw stream 64 KiB", "tcp", RATE, 65536, "", raw_take, raw_pour},
  {"floor_stream_64k/ipc", "raw stream 64 KiB", "ipc", RATE, 65536, "", raw_take, raw_pour},
  PER_TRANSPORT ("push_pull_10", "PUSH/PULL 10 B", RATE, 10, "none", pull, push),
  PER_TRANSPORT ("push_pull_1k", "PUSH/PULL 1 KiB", RATE, 1024, "none", pull, push),
  PER_TRANSPORT ("push_pull_64k", "PUSH/PULL 64 KiB", RATE, 65536, "floor_stream_64k", pull, push),
  PER_TRANSPORT ("req_rep_1", "REQ/REP 1 B", LATENCY, 1, "floor_echo", req, rep),
};
#define CASES (sizeof cases / sizeof cases[0])

/* Running */

static int is_floor (const struct bench_case *row)
{
    return row->floor[0] == 0;
}

static void *peer_thread (void *arg)
{
    struct end *end = arg;
    end->row->peer (end);
    return NULL;
}

static void run_threads (struct end *subject, struct end *peer)
{
    pthread_t thread;
    if (!is_floor (subject->row))
        subject->context = peer->context = zmq_ctx_new ();
    must (pthread_create (&thread, NULL, peer_thread, peer) == 0, "pthread_create");
    subject->row->subject (subject);
    pthread_join (thread, NULL);
    if (subject->context)
        zmq_ctx_term (subject->context);
}

static void run_end (struct end *end, void life (struct end *))
{
    if (!is_floor (end->row))
        end->context = zmq_ctx_new ();
    life (end);
    if (end->context)
        zmq_ctx_term (end->context);
}

static void run_processes (struct end *subject, struct end *peer)
{
    int status;
    subject->peer = fork ();
    must (subject->peer >= 0, "fork");
    if (subject->peer == 0) {
        prctl (PR_SET_PDEATHSIG, SIGKILL);
        if (is_floor (peer->row))
            close (subject->fd[0]);
        run_end (peer, peer->row->peer);
        _exit (0);
    }
    if (is_floor (peer->row))
        close (peer->fd[0]);
    run_end (subject, subject->row->subject);
    must (waitpid (subject->peer, &status, 0) == subject->peer && status == 0, "the peer's end");
}

static void list (void)
{
    for (const struct bench_case *row = cases; row < cases + CASES; row++)
        printf ("{\"name\": \"%s\", \"group\": \"%s\", \"transport\": \"%s\", \"size\": %zu, \"metrics\": %s, \"floor\": \"%s\"}\n", row->name,
                row->group, row->transport, row->size, row->measure == RATE ? "[\"rate\", \"cpu\"]" : "[\"p50\", \"p99\", \"cpu\"]", row->floor);
}

int main (int argc, char **argv)
{
    const struct bench_case *row = cases;
    if (argc == 2 && !strcmp (argv[1], "list")) {
        list ();
        return 0;
    }
    while (argc == 3 && row < cases + CASES && strcmp (row->name, argv[1]))
        row++;
    if (argc != 3 || row == cases + CASES) {
        fprintf (stderr, "usage: bench list | bench CASE SECONDS\n");
        return 2;
    }
    struct shared *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must (shared != MAP_FAILED, "mmap");
    struct end subject = {.row = row, .shared = shared, .seconds = atof (argv[2])}, peer = subject;
    if (is_floor (row))
        connect_raw (&subject, &peer);
    alarm ((unsigned) (subject.seconds * 3) + 15);
    (strcmp (row->transport, "inproc") ? run_processes : run_threads) (&subject, &peer);
    return 0;
}
