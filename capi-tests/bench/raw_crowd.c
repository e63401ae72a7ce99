/* The machine's own limits with many peers: one thread an end, epoll, and the same bytes over as many bare TCP connections. Floor
 * cases for ROUTER and PUB. */
#include "bench.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define READ (128 << 10)
#define WRITE (64 << 10)

/* One end's connections, and the bytes that are read beyond what was asked for. */
struct crowd {
    int *fds, epoll;
    size_t ahead;
    char *buffer;
};

static struct sockaddr_in loopback (uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
}

static struct crowd empty_crowd (const struct end *end)
{
    struct crowd crowd = {calloc ((size_t) end->row->count, sizeof (int)), epoll_create1 (0), 0, calloc (1, READ)};
    must (crowd.fds && crowd.buffer && crowd.epoll >= 0, "epoll");
    return crowd;
}

static void add (struct crowd *crowd, int i, int fd, uint32_t events)
{
    int one = 1;
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t) i};
    must (fd >= 0 && setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0
            && epoll_ctl (crowd->epoll, EPOLL_CTL_ADD, fd, &event) == 0,
          "a connection");
    crowd->fds[i] = fd;
}

static struct crowd accept_all (struct end *end, uint32_t events)
{
    struct crowd crowd = empty_crowd (end);
    struct sockaddr_in address = loopback (0);
    socklen_t size = sizeof address;
    int listener = socket (AF_INET, SOCK_STREAM, 0);
    must (bind (listener, (struct sockaddr *) &address, size) == 0 && listen (listener, 1000) == 0
            && getsockname (listener, (struct sockaddr *) &address, &size) == 0,
          "listen");
    struct place *place = &end->shared->places[0];
    memcpy (place->endpoint, &address.sin_port, sizeof address.sin_port);
    atomic_store (&place->bound, 1);
    for (int i = 0; i < end->row->count; i++)
        add (&crowd, i, accept (listener, NULL, NULL), events);
    close (listener);
    return crowd;
}

static struct crowd connect_all (struct end *end)
{
    struct crowd crowd = empty_crowd (end);
    struct place *place = &end->shared->places[0];
    while (!atomic_load (&place->bound))
        usleep (500);
    uint16_t port;
    memcpy (&port, place->endpoint, sizeof port);
    struct sockaddr_in address = loopback (port);
    for (int i = 0; i < end->row->count; i++) {
        int fd = socket (AF_INET, SOCK_STREAM, 0);
        must (connect (fd, (struct sockaddr *) &address, sizeof address) == 0, "connect");
        add (&crowd, i, fd, EPOLLIN);
    }
    return crowd;
}

static void close_all (struct end *end, struct crowd *crowd)
{
    for (int i = 0; i < end->row->count; i++)
        close (crowd->fds[i]);
    close (crowd->epoll);
    free (crowd->fds);
    free (crowd->buffer);
}

/* Reads from whoever has something, once each, and sends it back if it `echoes`; how many bytes came. 0: a peer has closed. */
static size_t take_ready (struct crowd *crowd, int echoes)
{
    struct epoll_event events[256];
    size_t taken = 0;
    int count = epoll_wait (crowd->epoll, events, 256, -1);
    must (count > 0, "epoll_wait");
    for (int i = 0; i < count; i++) {
        int fd = crowd->fds[events[i].data.u32];
        ssize_t n = recv (fd, crowd->buffer, READ, 0);
        if (n <= 0 || (echoes && send (fd, crowd->buffer, (size_t) n, MSG_NOSIGNAL) != n))
            return 0;
        taken += (size_t) n;
    }
    return taken;
}

static void take_round (struct end *end, void *what, int echoes)
{
    struct crowd *crowd = what;
    size_t round = (size_t) end->row->count * end->row->size;
    while (crowd->ahead < round) {
        size_t n = take_ready (crowd, echoes);
        must (n > 0, "recv");
        crowd->ahead += n;
    }
    crowd->ahead -= round;
}

static void echo_round (struct end *end, void *what)
{
    take_round (end, what, 1);
}

static void read_round (struct end *end, void *what)
{
    take_round (end, what, 0);
}

/* Each client has one request under way. */
static void raw_clients (struct end *end)
{
    struct crowd crowd = connect_all (end);
    for (int i = 0; i < end->row->count; i++)
        must (send (crowd.fds[i], crowd.buffer, end->row->size, 0) == (ssize_t) end->row->size, "send");
    measure_batches (end, &crowd, end->row->count, echo_round);
    close_all (end, &crowd);
}

static void raw_router (struct end *end)
{
    struct crowd crowd = accept_all (end, EPOLLIN);
    while (take_ready (&crowd, 1) > 0)
        ;
    close_all (end, &crowd);
}

static void raw_readers (struct end *end)
{
    struct crowd crowd = connect_all (end);
    measure_batches (end, &crowd, end->row->count, read_round);
    close_all (end, &crowd);
}

/* Writes to each in turn that takes something, as much as to the others if all keep up. */
static void raw_publisher (struct end *end)
{
    struct crowd crowd = accept_all (end, EPOLLOUT | EPOLLET);
    struct epoll_event events[256];
    char *takes = calloc ((size_t) end->row->count, 1);
    must (takes != NULL, "calloc");
    for (int wrote = 0;;) {
        int count = epoll_wait (crowd.epoll, events, 256, wrote ? 0 : -1);
        for (int i = 0; i < count; i++)
            takes[events[i].data.u32] = 1;
        wrote = 0;
        for (int i = 0; i < end->row->count; i++) {
            if (!takes[i])
                continue;
            ssize_t n = send (crowd.fds[i], crowd.buffer, WRITE, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n < 0 && errno != EAGAIN)
                goto gone;
            takes[i] = n == WRITE;
            wrote |= n > 0;
        }
    }
gone:
    free (takes);
    close_all (end, &crowd);
}

#define FLOOR_ROUTER(number) \
    ROW ("floor_router_" #number "/tcp", "raw echo, " #number " clients", "tcp", RATE, 64, "", raw_clients, raw_router, .count = number)
#define FLOOR_PUB(number) \
    ROW ("floor_pub_" #number "_1k/tcp", "raw stream to " #number, "tcp", RATE, 1024, "", raw_readers, raw_publisher, .count = number)

const struct bench_case raw_crowd_cases[] = {
  FLOOR_ROUTER (64),
  FLOOR_ROUTER (500),
  FLOOR_PUB (8),
  FLOOR_PUB (32),
  FLOOR_PUB (128),
  {0},
};
