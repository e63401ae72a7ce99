/*
 * Bursts of small messages, dense enough to be collected on their way, and
 * what comes among and after them: a wait for the answer, nothing at all, large
 * and multipart messages. All arrives, whole, in order, with limits wide and
 * narrow.
 */
#include "../wire.h"

enum { BURST = 3000, ROUNDS = 4 };

typedef struct {
    void *socket;
    int count;
} reader_t;

/* Numbered messages: every seventh has three parts if there are `odd` ones, and
   every hundredth is large. Small ones otherwise. */
static size_t size_of (int i, int odd)
{
    return odd && i % 100 == 99 ? 40000 : 8 + i % 60;
}

static int parts_of (int i, int odd)
{
    return odd && i % 7 == 6 ? 3 : 1;
}

static int send_burst (void *socket, int odd)
{
    static char body[40000];
    for (int i = 0; i < BURST; i++)
        for (int part = 0, parts = parts_of (i, odd); part < parts; part++) {
            memcpy (body, &i, sizeof i);
            if (zmq_send (socket, body, size_of (i, odd), part + 1 < parts ? ZMQ_SNDMORE : 0) == -1)
                return i;
        }
    return BURST;
}

static int recv_burst (void *socket, int odd)
{
    static char body[40000];
    int number, more;
    size_t len = sizeof more;
    for (int i = 0; i < BURST; i++)
        for (int part = 0, parts = parts_of (i, odd); part < parts; part++) {
            int size = zmq_recv (socket, body, sizeof body, 0);
            memcpy (&number, body, sizeof number);
            zmq_getsockopt (socket, ZMQ_RCVMORE, &more, &len);
            if (size != (int) size_of (i, odd) || number != i || more != (part + 1 < parts))
                return i;
        }
    return BURST;
}

static void *answer (void *arg)
{
    reader_t *r = arg;
    for (int round = 0; round < 2 * ROUNDS; round++) {
        int got = recv_burst (r->socket, round % 2);
        r->count += got;
        if (got != BURST || zmq_send (r->socket, "done", 4, 0) != 4)
            break;
    }
    return NULL;
}

/* Each burst is answered, and the sender waits for it, in a receive or a poll. */
static void dialogue (const char *proto, int kind, int mark)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    void *a = t_socket (here, kind), *b = t_socket (there, kind);
    reader_t reader = {.socket = b};
    char endpoint[256], word[8];
    pthread_t thread;
    int answers = 0;
    t_set_int (a, ZMQ_SNDHWM, mark);
    t_set_int (b, ZMQ_RCVHWM, mark);
    t_set_int (a, ZMQ_RCVTIMEO, 10000);
    t_set_int (b, ZMQ_RCVTIMEO, 10000);
    t_need (t_bind_any (b, endpoint, proto) == 0);
    t_need (zmq_connect (a, endpoint) == 0);
    pthread_create (&thread, NULL, answer, &reader);
    for (int round = 0; round < 2 * ROUNDS; round++) {
        zmq_pollitem_t item = {a, 0, ZMQ_POLLIN, 0};
        if (send_burst (a, round % 2) != BURST || (round % 3 == 0 && zmq_poll (&item, 1, 10000) != 1)
            || zmq_recv (a, word, sizeof word, 0) != 4)
            break;
        answers++;
    }
    pthread_join (thread, NULL);
    printf ("%s, type %d, limit %d: %d answers to %d messages\n", proto, kind, mark, answers, reader.count);
    zmq_close (a);
    zmq_close (b);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
}

/* The sender does nothing after the burst. */
static void silence (const char *proto)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    void *push = t_socket (here, ZMQ_PUSH), *pull = t_socket (there, ZMQ_PULL);
    char endpoint[256];
    int sent, got;
    t_set_int (push, ZMQ_SNDHWM, 0);
    t_set_int (pull, ZMQ_RCVTIMEO, 10000);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    sent = send_burst (push, 0);
    t_need (recv_burst (pull, 0) == BURST);
    sent += send_burst (push, 0);
    got = recv_burst (pull, 0);
    printf ("%s, silence: %d sent, last %d arrived\n", proto, sent, got);
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    static const int marks[] = {1000, 10};
    t_init ();
    t_watchdog (60);
    for (unsigned i = 0; i < T_COUNT (protos); i++) {
        for (unsigned j = 0; j < T_COUNT (marks); j++)
            dialogue (protos[i], ZMQ_DEALER, marks[j]);
        dialogue (protos[i], ZMQ_PAIR, 1000);
        silence (protos[i]);
    }
    return 0;
}
