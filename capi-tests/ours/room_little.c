/*
 * How much the kernel may hold unsent (TCP_NOTSENT_LOWAT): little, for a stream
 * of small messages within the machine from a publisher that waits for room; as
 * much as it likes for a publisher that drops messages, for one whose user has
 * chosen ZMQ_SNDBUF, and after large messages.
 */
#include "../t.h"
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>

enum { SMALL = 1000, LARGE = 60000, FILL = 30000, STREAM = 3000 };

static char body[LARGE];
static atomic_bool over;

static void *read_all (void *sub)
{
    static char taken[LARGE];
    while (!atomic_load (&over))
        zmq_recv (sub, taken, sizeof taken, 0);
    return NULL;
}

static const char *held (int fd)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;
    t_need (getsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, &size) == 0);
    return bytes > 0 && bytes <= 65536 ? "little" : "as it likes";
}

static void stream (void *xpub, size_t size, int count)
{
    for (int i = 0; i < count; i++)
        t_need (zmq_send (xpub, body, size, 0) == (int) size);
}

static void publish (const char *what, int nodrop, int sndbuf)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    void *xpub = t_socket (here, ZMQ_XPUB), *sub = t_socket (there, ZMQ_SUB);
    void *mon = t_monitor (here, xpub, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_MONITOR_STOPPED);
    char endpoint[256];
    uint32_t fd;
    pthread_t reader;
    t_set_int (xpub, ZMQ_XPUB_NODROP, nodrop);
    t_set_int (xpub, ZMQ_SNDTIMEO, 20000);
    if (sndbuf > 0)
        t_set_int (xpub, ZMQ_SNDBUF, sndbuf);
    t_set_int (sub, ZMQ_RCVTIMEO, 100);
    t_need (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0) == 0);
    t_need (t_bind_any (xpub, endpoint, "tcp") == 0 && zmq_connect (sub, endpoint) == 0);
    t_need (t_event (mon, T_TIMEOUT_MS, &fd, NULL) == ZMQ_EVENT_ACCEPTED);
    t_need (zmq_recv (xpub, body, 1, 0) == 1);
    atomic_store (&over, false);
    /* Nobody reads at first, so the publisher has to wait if it does. */
    t_set_int (xpub, ZMQ_SNDTIMEO, 300);
    for (int i = 0; i < FILL && zmq_send (xpub, body, SMALL, 0) == SMALL; i++)
        ;
    t_set_int (xpub, ZMQ_SNDTIMEO, 20000);
    t_need (pthread_create (&reader, NULL, read_all, sub) == 0);
    stream (xpub, SMALL, STREAM);
    printf ("%s: %s", what, held ((int) fd));
    stream (xpub, LARGE, 100);
    stream (xpub, SMALL, STREAM);
    printf (", after large messages %s\n", held ((int) fd));
    atomic_store (&over, true);
    t_need (pthread_join (reader, NULL) == 0);
    zmq_close (sub);
    t_monitor_end (xpub, mon);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    publish ("drops nothing", 1, 0);
    publish ("drops", 0, 0);
    publish ("has a buffer of its own", 1, 100000);
    return 0;
}
