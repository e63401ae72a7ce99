/* The machine's own limits: the same traffic on bare descriptors, or through a bare ring between two threads, without any library.
 * Floor cases for the others. */
#include "bench.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#define BUFFER (64 << 10)

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
    uint64_t body[BUFFER / sizeof (uint64_t)] = {1};
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
    static char body[MAX_MESSAGE];
    measure_rate (end, body, raw_take_one);
    close (end->fd[0]);
}

static void raw_pour (struct end *end)
{
    static char body[MAX_MESSAGE];
    signal (SIGPIPE, SIG_IGN);
    while (write_all (end->fd[1], body, end->row->size))
        ;
}

/* A connected pair of descriptors per end: TCP over loopback, a UNIX socket pair, or two eventfds. */
void connect_raw (struct end *subject, struct end *peer)
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

/* The limit of messages between threads: one copies them to a ring of buffers, the other sees that they are there. No larger than
 * a processor's cache, and no wait ever sleeps. */
#define RING (512 << 10)
#define POLLS 1000 /* before the other one gets the processor, if they share it */

static struct {
    char buffers[2 * MAX_MESSAGE];
    _Alignas (128) _Atomic uint64_t filled;
    _Alignas (128) _Atomic uint64_t taken;
} ring;

/* Until there are so many of them. */
static uint64_t await (const _Atomic uint64_t *number, uint64_t goal, const struct end *end)
{
    for (uint64_t polls = 1; atomic_load_explicit (number, memory_order_acquire) < goal && !stopped (end); polls++)
        if (polls % POLLS == 0)
            sched_yield ();
    return goal;
}

static void ring_take_one (struct end *end, void *what)
{
    uint64_t *taken = what;
    atomic_store_explicit (&ring.taken, await (&ring.filled, ++*taken, end), memory_order_release);
}

static void ring_take (struct end *end)
{
    uint64_t taken = 0;
    measure_rate (end, &taken, ring_take_one);
    atomic_store (&end->shared->stop, 1);
}

static void ring_pour (struct end *end)
{
    static char body[MAX_MESSAGE];
    size_t size = end->row->size, slots = size < RING / 2 ? RING / size : 2;
    for (uint64_t n = 0; !stopped (end); n++) {
        if (n >= slots)
            await (&ring.taken, n - slots + 1, end);
        memcpy (ring.buffers + n % slots * size, body, size);
        atomic_store_explicit (&ring.filled, n + 1, memory_order_release);
    }
}

#define STREAM(name, group, size) \
    ROW ("floor_stream_" name "/tcp", "raw stream " group, "tcp", RATE, size, "", raw_take, raw_pour), \
      ROW ("floor_stream_" name "/ipc", "raw stream " group, "ipc", RATE, size, "", raw_take, raw_pour), \
      ROW ("floor_stream_" name "/inproc", "raw ring " group, "inproc", RATE, size, "", ring_take, ring_pour)

const struct bench_case raw_cases[] = {
  ROW ("floor_echo/tcp", "raw echo 1 B", "tcp", LATENCY, 1, "", raw_ask, raw_answer),
  ROW ("floor_echo/ipc", "raw echo 1 B", "ipc", LATENCY, 1, "", raw_ask, raw_answer),
  ROW ("floor_echo_1k/tcp", "raw echo 1 KiB", "tcp", LATENCY, 1024, "", raw_ask, raw_answer),
  ROW ("floor_echo_1k/ipc", "raw echo 1 KiB", "ipc", LATENCY, 1024, "", raw_ask, raw_answer),
  ROW ("floor_echo/inproc", "eventfd echo", "inproc", LATENCY, 8, "", raw_ask, raw_answer), /* an eventfd takes 8 bytes */
  STREAM ("16k", "16 KiB", 16384),
  STREAM ("64k", "64 KiB", 65536),
  STREAM ("1m", "1 MiB", 1 << 20),
  {0},
};
