/*
 * Messages of all sizes arrive in a stream, through a queue so short that the
 * receiver is often behind. Some are kept for long, written over, copied,
 * moved, or sent on; whatever memory they came in, each stays what it was and
 * none disturbs another.
 */
#include "../t.h"

#ifndef ZMQ_ZERO_COPY_RECV
#define ZMQ_ZERO_COPY_RECV 10 /* zmq.h tells it to users of the draft API only */
#endif

enum { COUNT = 40000, KEPT = 700, LARGEST = 70000 };

static uint32_t next_random (uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* The same for the same number in both threads. */
static size_t size_of (uint32_t number)
{
    static const size_t at_most[] = {49, 49, 300, 300, 1100, 1100, 9000, LARGEST};
    uint32_t state = number;
    uint32_t kind = next_random (&state) % 64;
    return next_random (&state) % at_most[kind < 63 ? kind % 7 : 7];
}

static unsigned char byte_of (uint32_t number, size_t i)
{
    return (unsigned char) (number * 31 + i * 7 + (i >> 8));
}

static void *pour (void *push)
{
    static unsigned char body[LARGEST];
    for (uint32_t number = 0; number < COUNT; number++) {
        size_t size = size_of (number);
        for (size_t i = 0; i < size; i++)
            body[i] = byte_of (number, i);
        t_need (zmq_send (push, body, size, number % 5 == 3 ? ZMQ_SNDMORE : 0) == (int) size);
    }
    return NULL;
}

/* A message that is kept, and what it has to be. */
struct kept {
    zmq_msg_t msg;
    bool used, written;
    uint32_t number;
};

static int wrong;

static void check (struct kept *kept)
{
    const unsigned char *data = zmq_msg_data (&kept->msg);
    size_t size = size_of (kept->number), i = 0;
    if (zmq_msg_size (&kept->msg) == size)
        while (i < size && data[i] == (kept->written ? (unsigned char) ~byte_of (kept->number, i) : byte_of (kept->number, i)))
            i++;
    wrong += i < size;
}

static void write_over (struct kept *kept)
{
    unsigned char *data = zmq_msg_data (&kept->msg);
    for (size_t i = 0; i < zmq_msg_size (&kept->msg); i++)
        data[i] = (unsigned char) ~data[i];
    kept->written = true;
}

/* Through another socket and back. */
static void send_on (struct kept *kept, void *out, void *in)
{
    t_need (zmq_msg_send (&kept->msg, out, 0) >= 0);
    t_need (zmq_msg_recv (&kept->msg, in, 0) >= 0);
}

static void copy_and_move (struct kept *kept)
{
    zmq_msg_t copy, moved;
    zmq_msg_init (&copy);
    zmq_msg_init (&moved);
    zmq_msg_copy (&copy, &kept->msg);
    zmq_msg_move (&moved, &kept->msg);
    zmq_msg_close (&moved);
    zmq_msg_move (&kept->msg, &copy);
    zmq_msg_close (&copy);
}

static void receive (void *pull, void *out, void *in)
{
    static struct kept kept[KEPT];
    unsigned long bytes = 0;
    uint32_t state = 7, parts = 0, number;
    wrong = 0;
    for (number = 0; number < COUNT; number++) {
        struct kept *place = &kept[next_random (&state) % KEPT];
        if (place->used) {
            check (place);
            zmq_msg_close (&place->msg);
        }
        *place = (struct kept){.used = true, .number = number};
        zmq_msg_init (&place->msg);
        if (zmq_msg_recv (&place->msg, pull, 0) < 0)
            break;
        bytes += zmq_msg_size (&place->msg);
        parts += (uint32_t) zmq_msg_more (&place->msg);
        check (place);
        switch (next_random (&state) % 4) {
        case 0:
            write_over (place);
            break;
        case 1:
            send_on (place, out, in);
            break;
        case 2:
            copy_and_move (place);
            break;
        }
    }
    for (int i = 0; i < KEPT; i++) {
        if (kept[i].used) {
            check (&kept[i]);
            zmq_msg_close (&kept[i].msg);
        }
        kept[i].used = false;
    }
    printf ("%u messages, %u parts with more to come, %lu bytes, %d wrong\n", number, parts, bytes, wrong);
}

static void over (const char *transport, int zero_copy)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    int rc = zmq_ctx_set (there, ZMQ_ZERO_COPY_RECV, zero_copy);
    void *push = t_socket (here, ZMQ_PUSH), *pull = t_socket (there, ZMQ_PULL);
    void *out = t_socket (there, ZMQ_PAIR), *in = t_socket (there, ZMQ_PAIR);
    char endpoint[256];
    pthread_t thread;
    printf ("%s, zero copy %d (%d): ", transport, zero_copy, rc);
    t_set_int (pull, ZMQ_RCVHWM, 50);
    t_set_int (pull, ZMQ_RCVTIMEO, 10000);
    t_set_int (push, ZMQ_SNDTIMEO, 10000);
    t_need (zmq_bind (in, "inproc://on") == 0 && zmq_connect (out, "inproc://on") == 0);
    t_need (t_bind_any (pull, endpoint, transport) == 0 && zmq_connect (push, endpoint) == 0);
    t_need (pthread_create (&thread, NULL, pour, push) == 0);
    receive (pull, out, in);
    pthread_join (thread, NULL);
    zmq_close (push);
    zmq_close (pull);
    zmq_close (out);
    zmq_close (in);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    over ("tcp", 1);
    over ("tcp", 0);
    over ("ipc", 1);
    return 0;
}
