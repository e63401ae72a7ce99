/*
 * Multipart messages are atomic: nothing is seen before the last part is sent;
 * messages of several senders do not mix; a full pipe does not cut one; parts of
 * very different sizes; 10000 parts; poll and RCVMORE; closing in the middle of
 * sending and of receiving; over inproc, ipc and tcp.
 */
#include "../wire.h"

static void *ctx;

static void unseen (const char *proto)
{
    void *out = t_socket (ctx, ZMQ_DEALER), *in = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256], part[8];
    printf ("\n== one message over %s\n", proto);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    RC (zmq_send (out, "1", 1, ZMQ_SNDMORE));
    RC (zmq_send (out, "", 0, ZMQ_SNDMORE));
    t_recv_none (in, "in", 30);
    RC (zmq_send (out, "3", 1, 0));
    RC (t_poll_in (in, T_TIMEOUT_MS));
    RC (t_get_int (in, ZMQ_RCVMORE));
    for (int i = 0; i < 3; i++) {
        RC (zmq_recv (in, part, sizeof part, 0));
        printf ("more %d, events %d\n", t_get_int (in, ZMQ_RCVMORE),
                t_get_int (in, ZMQ_EVENTS));
    }
    puts ("-- the sender closes in the middle");
    t_set_int (out, ZMQ_LINGER, 300);
    RC (zmq_send (out, "half", 4, ZMQ_SNDMORE));
    RC (zmq_close (out));
    t_recv_none (in, "in", 40);
    puts ("-- the receiver closes in the middle");
    out = t_socket (ctx, ZMQ_DEALER);
    t_need (zmq_connect (out, endpoint) == 0);
    t_send (out, "a", "b", (char *) NULL);
    RC (zmq_recv (in, part, sizeof part, 0));
    RC (zmq_close (in));
    zmq_close (out);
}

/* Four threads send 200 messages of five parts each. */
typedef struct {
    const char *endpoint;
    char id;
} sender_t;

static void *send_all (void *arg)
{
    sender_t *s = arg;
    void *out = zmq_socket (ctx, ZMQ_PUSH);
    zmq_connect (out, s->endpoint);
    for (int i = 0; i < 200; i++)
        for (int part = 0; part < 5; part++) {
            char text[2] = {s->id, (char) ('0' + part)};
            zmq_send (out, text, 2, part < 4 ? ZMQ_SNDMORE : 0);
        }
    zmq_close (out);
    return NULL;
}

static void mixed (const char *proto)
{
    void *in = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    pthread_t threads[4];
    sender_t senders[4];
    int bad = 0, whole = 0;
    printf ("\n== four senders over %s\n", proto);
    t_set_int (in, ZMQ_RCVHWM, 20);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    for (int i = 0; i < 4; i++) {
        senders[i] = (sender_t){endpoint, (char) ('a' + i)};
        pthread_create (&threads[i], NULL, send_all, &senders[i]);
    }
    while (whole < 800) {
        char id = 0, text[2];
        for (int part = 0; part < 5; part++) {
            if (zmq_recv (in, text, 2, 0) != 2) {
                RC (-1);
                whole = 800;
                break;
            }
            if (part == 0)
                id = text[0];
            bad += text[0] != id || text[1] != '0' + part
                   || t_get_int (in, ZMQ_RCVMORE) != (part < 4);
        }
        whole++;
    }
    for (int i = 0; i < 4; i++)
        pthread_join (threads[i], NULL);
    printf ("800 messages, %d bad parts\n", bad);
    t_recv_none (in, "in", 20);
    zmq_close (in);
}

static void sizes (const char *proto)
{
    static const size_t all[] = {0,    1,     29,    30,    33,   34,
                                 255,  256,   8191,  8192,  8193, 100000,
                                 3000000, 0,  65535, 65536, 1};
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    char *body = malloc (3000000), endpoint[256];
    printf ("\n== sizes over %s\n", proto);
    for (size_t i = 0; i < 3000000; i++)
        body[i] = (char) (i * 7 % 253);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (unsigned i = 0; i < T_COUNT (all); i++)
        zmq_send (out, body, all[i], i + 1 < T_COUNT (all) ? ZMQ_SNDMORE : 0);
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        zmq_msg_t msg;
        zmq_msg_init (&msg);
        t_need (zmq_msg_recv (&msg, in, 0) >= 0);
        printf ("%zu %s%s\n", zmq_msg_size (&msg),
                zmq_msg_size (&msg) == all[i]
                    && memcmp (zmq_msg_data (&msg), body, all[i]) == 0
                  ? "good"
                  : "bad",
                zmq_msg_more (&msg) ? " more" : "");
        zmq_msg_close (&msg);
    }
    free (body);
    zmq_close (in);
    zmq_close (out);
}

static void many_parts (const char *proto)
{
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    int parts = 0;
    printf ("\n== 10000 parts over %s\n", proto);
    t_set_int (out, ZMQ_SNDHWM, 1);
    t_set_int (in, ZMQ_RCVHWM, 1);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (int i = 0; i < 10000; i++)
        t_need (zmq_send (out, &i, sizeof i, i < 9999 ? ZMQ_SNDMORE : 0) == 4);
    do {
        int number = -1;
        t_need (zmq_recv (in, &number, sizeof number, 0) == 4);
        t_need (number == parts++);
    } while (t_get_int (in, ZMQ_RCVMORE));
    printf ("got %d\n", parts);
    zmq_close (in);
    zmq_close (out);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "ipc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (protos); i++) {
        unseen (protos[i]);
        mixed (protos[i]);
        sizes (protos[i]);
        many_parts (protos[i]);
    }
    zmq_ctx_term (ctx);
    return 0;
}
