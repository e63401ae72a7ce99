/*
 * Somebody in the middle of a CURVE connection changes, cuts, repeats or swaps
 * what the two sides say: nothing of it is delivered, the side that noticed
 * says why, and what went before is whole.
 */
#include "../sec.h"

static void *ctx;

enum { TO_SERVER, TO_CLIENT };
enum { KEEP, CHANGE, CUT, REPEAT, LATER, FROM_BEFORE };

struct plan {
    const char *what;
    int direction, frame; /* whose frame, counted after the greeting */
    int deed, at;         /* what happens to it, and to which byte (negative: from the end) */
};

static struct middle {
    int side[2]; /* reads from, by direction */
    struct plan plan;
    unsigned char kept[1 << 16];
    size_t kept_len;
} mid;

static void forward (int direction, const unsigned char *body, size_t len)
{
    bool message = len > 1 && body[0] == 7 && body[1] != 'W';
    w_frame (mid.side[!direction], message ? 0 : W_COMMAND, body, len);
}

static void meddle (int direction, int number, unsigned char *body, size_t len)
{
    const struct plan *p = &mid.plan;
    bool meant = p->direction == direction && p->frame == number;
    if (meant && p->deed == CHANGE)
        body[p->at < 0 ? (int) len + p->at : p->at] ^= 1;
    if (meant && p->deed == CUT)
        len -= (size_t) p->at;
    if (meant && p->deed == FROM_BEFORE) { /* the frame of the last connection */
        memcpy (body, mid.kept, mid.kept_len);
        len = mid.kept_len;
    } else if (p->direction == direction && p->frame == number) {
        memcpy (mid.kept, body, len);
        mid.kept_len = len;
    }
    if (meant && p->deed == LATER)
        return;
    forward (direction, body, len);
    if (meant && p->deed == REPEAT)
        forward (direction, body, len);
    if (p->deed == LATER && p->direction == direction && p->frame + 1 == number)
        forward (direction, mid.kept, mid.kept_len);
}

/* Moves frames both ways until one side closes. */
static void *run (void *arg)
{
    int count[2] = {0, 0};
    (void) arg;
    for (;;) {
        struct pollfd fds[2] = {{mid.side[0], POLLIN, 0}, {mid.side[1], POLLIN, 0}};
        if (poll (fds, 2, T_TIMEOUT_MS) <= 0)
            break;
        for (int d = 0; d < 2; d++) {
            static unsigned char body[1 << 16];
            size_t len;
            if (!fds[d].revents)
                continue;
            if (w_read (mid.side[d], body, sizeof body, &len) == -1)
                goto out;
            meddle (d, count[d]++, body, len);
        }
    }
out:
    shutdown (mid.side[0], SHUT_RDWR);
    shutdown (mid.side[1], SHUT_RDWR);
    return NULL;
}

static void talk (const char *label, void *from, void *to)
{
    char text[3][32];
    for (int i = 0; i < 3; i++)
        snprintf (text[i], sizeof text[i], "%s %d", label, i + 1);
    t_send (from, text[0], (char *) NULL);
    t_send (from, text[1], "part 2", (char *) NULL);
    t_send (from, text[2], (char *) NULL);
    printf ("  ");
    while (t_recv_print (to, label) != -1)
        printf ("  ");
}

static void attempt (const struct plan *plan)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER), *mon, *client_mon;
    char endpoint[256], own[256];
    unsigned char greeting[2][64];
    int listener = t_tcp_listen (own);
    pthread_t thread;
    printf ("%s\n", plan->what);
    mid.plan = *plan;
    sec_curve_server (server);
    sec_curve_client (client);
    t_set_int (server, ZMQ_RCVTIMEO, 100);
    t_set_int (client, ZMQ_RCVTIMEO, 100);
    t_set_int (server, ZMQ_SNDTIMEO, 0);
    t_set_int (client, ZMQ_SNDTIMEO, 0);
    t_set_int (client, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, server, sec_events);
    client_mon = t_monitor (ctx, client, sec_events);
    t_need (zmq_connect (client, own) == 0);
    mid.side[TO_SERVER] = t_accept (listener, T_TIMEOUT_MS);
    mid.side[TO_CLIENT] = t_raw_connect (endpoint);
    t_need (mid.side[TO_SERVER] >= 0 && mid.side[TO_CLIENT] >= 0);
    for (int step = 0; step < 3; step++) { /* the greetings, in the steps of both sides */
        static const size_t sizes[] = {10, 1, 53};
        for (int d = 0; d < 2; d++)
            t_need (t_read (mid.side[d], greeting[d], sizes[step], T_TIMEOUT_MS) == sizes[step]);
        for (int d = 0; d < 2; d++)
            t_write (mid.side[!d], greeting[d], sizes[step]);
    }
    t_need (pthread_create (&thread, NULL, run, NULL) == 0);
    t_event_print (mon, "  server");
    t_event_print (client_mon, "  client");
    /* The direction that is left alone first: the other one may end it all. */
    if (plan->direction == TO_CLIENT)
        talk ("to server", client, server);
    talk ("to client", server, client);
    if (plan->direction == TO_SERVER)
        talk ("to server", client, server);
    t_monitor_end (client, client_mon);
    t_monitor_end (server, mon);
    pthread_join (thread, NULL);
    close (mid.side[0]);
    close (mid.side[1]);
    close (listener);
}

int main (void)
{
    static const struct plan plans[] = {
        {"nothing happens", TO_SERVER, 99, KEEP, 0},
        {"HELLO: its key", TO_SERVER, 0, CHANGE, 80},
        {"HELLO: its padding", TO_SERVER, 0, CHANGE, 8},
        {"HELLO: its box", TO_SERVER, 0, CHANGE, -1},
        {"HELLO: its nonce", TO_SERVER, 0, CHANGE, 119},
        {"HELLO: cut", TO_SERVER, 0, CUT, 1},
        {"WELCOME: its box", TO_CLIENT, 0, CHANGE, -1},
        {"WELCOME: its nonce", TO_CLIENT, 0, CHANGE, 8},
        {"INITIATE: its cookie's nonce", TO_SERVER, 1, CHANGE, 9},
        {"INITIATE: its cookie", TO_SERVER, 1, CHANGE, 100},
        {"INITIATE: its nonce", TO_SERVER, 1, CHANGE, 112},
        {"INITIATE: its box", TO_SERVER, 1, CHANGE, -1},
        {"INITIATE: cut", TO_SERVER, 1, CUT, 60},
        {"READY: its nonce", TO_CLIENT, 1, CHANGE, 13},
        {"READY: its box", TO_CLIENT, 1, CHANGE, -1},
        {"READY: cut", TO_CLIENT, 1, CUT, 50},
        {"INITIATE, kept", TO_SERVER, 1, KEEP, 0},
        {"INITIATE of the last connection", TO_SERVER, 1, FROM_BEFORE, 0},
        {"MESSAGE: its name", TO_SERVER, 3, CHANGE, 1},
        {"MESSAGE: its nonce", TO_SERVER, 3, CHANGE, 8},
        {"MESSAGE: its box", TO_SERVER, 3, CHANGE, -1},
        {"MESSAGE: cut", TO_SERVER, 3, CUT, 1},
        {"MESSAGE: cut to its nonce", TO_SERVER, 2, CUT, 28},
        {"MESSAGE: repeated", TO_SERVER, 2, REPEAT, 0},
        {"MESSAGE: after the next one", TO_SERVER, 2, LATER, 0},
        {"MESSAGE to the client: its box", TO_CLIENT, 3, CHANGE, -1},
        {"MESSAGE to the client: repeated", TO_CLIENT, 2, REPEAT, 0},
        {"MESSAGE, kept", TO_SERVER, 2, KEEP, 0},
        {"MESSAGE of the last connection", TO_SERVER, 2, FROM_BEFORE, 0},
    };
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (plans); i++)
        attempt (&plans[i]);
    zmq_ctx_term (ctx);
    return 0;
}
