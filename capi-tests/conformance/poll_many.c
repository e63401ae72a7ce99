/*
 * zmq_poll over many sockets, again and again: the same ones, some of which are
 * closed and replaced between two calls; messages that come before the call,
 * during the call and from another socket each time; two threads that poll the
 * same sockets; the end of the context under a call.
 */
#include "../t.h"

enum { MANY = 40, ROUNDS = 200 };

static void *ctx;
static zmq_pollitem_t items[MANY];
static void *peers[MANY];

static void open_pair (int i, int generation)
{
    char endpoint[64];
    snprintf (endpoint, sizeof endpoint, "inproc://many-%d-%d", i, generation);
    items[i].socket = zmq_socket (ctx, ZMQ_PAIR);
    items[i].events = ZMQ_POLLIN;
    t_set_int (items[i].socket, ZMQ_SNDHWM, 5);
    peers[i] = zmq_socket (ctx, ZMQ_PAIR);
    t_set_int (peers[i], ZMQ_RCVHWM, 5);
    if (zmq_bind (items[i].socket, endpoint) || zmq_connect (peers[i], endpoint))
        perror (endpoint);
}

static void close_pair (int i)
{
    zmq_close (items[i].socket);
    zmq_close (peers[i]);
}

static void *send_to_each (void *arg)
{
    for (int n = 0; n < ROUNDS; n++) {
        char word[8];
        zmq_send (peers[n % MANY], "go", 2, 0);
        zmq_recv (peers[n % MANY], word, sizeof word, 0);
    }
    return arg;
}

/* The socket that alone has an event; -1: it is not one. */
static int found (int count)
{
    int which = -1;
    for (int i = 0; i < MANY; i++)
        if (items[i].revents)
            which = which == -1 && items[i].revents == ZMQ_POLLIN ? i : -2;
    return count == 1 ? which : -1;
}

static void during_the_call (void)
{
    pthread_t thread;
    int right = 0;
    pthread_create (&thread, NULL, send_to_each, NULL);
    for (int n = 0; n < ROUNDS; n++) {
        char word[8];
        right += found (zmq_poll (items, MANY, T_TIMEOUT_MS)) == n % MANY;
        zmq_recv (items[n % MANY].socket, word, sizeof word, 0);
        zmq_send (items[n % MANY].socket, "ok", 2, 0);
    }
    pthread_join (thread, NULL);
    printf ("during the call: %d of %d\n", right, ROUNDS);
}

static void before_the_call (void)
{
    int right = 0, quiet = 0;
    for (int n = 0; n < ROUNDS; n++) {
        char word[8];
        zmq_send (peers[n * 7 % MANY], "go", 2, 0);
        right += found (zmq_poll (items, MANY, 0)) == n * 7 % MANY;
        right += found (zmq_poll (items, MANY, -1)) == n * 7 % MANY;
        zmq_recv (items[n * 7 % MANY].socket, word, sizeof word, 0);
        quiet += zmq_poll (items, MANY, n % 50 ? 0 : 1) == 0;
    }
    printf ("before the call: %d of %d, then quiet %d\n", right, 2 * ROUNDS, quiet);
}

static void room (void)
{
    char word[8];
    int sent = 0, count;
    for (int i = 0; i < MANY; i++)
        items[i].events = ZMQ_POLLOUT;
    printf ("room: %d\n", zmq_poll (items, MANY, 0));
    while (zmq_send (items[3].socket, "x", 1, ZMQ_DONTWAIT) == 1)
        sent++;
    count = zmq_poll (items, MANY, 0);
    printf ("room after one was filled: %d, its own %d\n", count, items[3].revents);
    while (sent--)
        zmq_recv (peers[3], word, sizeof word, 0);
    printf ("room after it was emptied: %d\n", zmq_poll (items, MANY, 0));
    for (int i = 0; i < MANY; i++)
        items[i].events = ZMQ_POLLIN;
}

static void *poll_copy (void *result)
{
    zmq_pollitem_t copy[MANY];
    memcpy (copy, items, sizeof copy);
    *(int *) result = zmq_poll (copy, MANY, -1);
    if (*(int *) result == -1)
        *(int *) result = -errno;
    return NULL;
}

static void the_end (void)
{
    pthread_t threads[2];
    int results[2];
    for (int i = 0; i < 2; i++)
        pthread_create (&threads[i], NULL, poll_copy, &results[i]);
    t_settle (60);
    zmq_ctx_shutdown (ctx);
    for (int i = 0; i < 2; i++) {
        pthread_join (threads[i], NULL);
        printf ("the end: %s\n", results[i] < 0 ? t_errno (-results[i]) : "found something");
    }
    RC_AS ("after it", zmq_poll (items, MANY, 0));
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    for (int i = 0; i < MANY; i++)
        open_pair (i, 0);
    before_the_call ();
    during_the_call ();
    for (int i = 0; i < MANY; i += 3) {
        close_pair (i);
        open_pair (i, 1);
    }
    during_the_call ();
    before_the_call ();
    room ();
    the_end ();
    for (int i = 0; i < MANY; i++)
        close_pair (i);
    zmq_ctx_term (ctx);
    return 0;
}
