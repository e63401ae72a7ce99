/* Brokers in C: ROUTER towards the clients, DEALER towards the services, written with zmq_poll and with zmq_proxy.
 *
 * broker poll | broker proxy        the whole play: three clients, two services, the broker between them
 * broker relay FRONT BACK COUNT     only the poll broker on given endpoints; it ends after COUNT replies
 */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS 3
#define SERVICES 2
#define REQUESTS 30

/* Moves one whole message, part by part, without looking at it. */
static void move_message (void *from, void *to)
{
    int more;
    do {
        zmq_msg_t part;
        MUST (zmq_msg_init (&part));
        MUST (zmq_msg_recv (&part, from, 0));
        more = zmq_msg_more (&part);
        MUST (zmq_msg_send (&part, to, more ? ZMQ_SNDMORE : 0));
    } while (more);
}

/* Forwards until `replies` replies went back (-1: for ever) or the line to the director is readable. */
static void forward (void *router, void *dealer, int line, int replies)
{
    zmq_pollitem_t items[] = {{router, 0, ZMQ_POLLIN, 0}, {dealer, 0, ZMQ_POLLIN, 0}, {NULL, line, ZMQ_POLLIN, 0}};
    while (replies != 0) {
        MUST (zmq_poll (items, line < 0 ? 2 : 3, -1));
        if (items[0].revents & ZMQ_POLLIN)
            move_message (router, dealer);
        if (items[1].revents & ZMQ_POLLIN) {
            move_message (dealer, router);
            replies -= replies > 0;
        }
        if (items[2].revents)
            return;
    }
}

static void poll_broker (struct me *me)
{
    void *router = open_bound (me, ZMQ_ROUTER, me->address[0]);
    void *dealer = open_bound (me, ZMQ_DEALER, me->address[0]);
    forward (router, dealer, me->line, -1);
}

static void wait_and_shut_down (void *arg)
{
    struct me *me = arg;
    zmq_pollitem_t line = {NULL, me->line, ZMQ_POLLIN, 0};
    MUST (zmq_poll (&line, 1, -1));
    MUST (zmq_ctx_shutdown (me->context));
}

static void proxy_broker (struct me *me)
{
    void *router = open_bound (me, ZMQ_ROUTER, me->address[0]);
    void *dealer = open_bound (me, ZMQ_DEALER, me->address[0]);
    void *waiter = zmq_threadstart (wait_and_shut_down, me);
    if (zmq_proxy (router, dealer, NULL) != -1 || zmq_errno () != ETERM)
        fail ("FAILED: the proxy ended with %s", zmq_strerror (zmq_errno ()));
    zmq_threadclose (waiter);
}

static void service (struct me *me)
{
    char request[WORD];
    void *rep = open_socket (me, ZMQ_REP, me->address[0]);
    zmq_pollitem_t items[] = {{rep, 0, ZMQ_POLLIN, 0}, {NULL, me->line, ZMQ_POLLIN, 0}};
    int served = 0;
    tell (me, "ready");
    for (;;) {
        MUST (zmq_poll (items, 2, -1));
        if (items[1].revents)
            break;
        recv_text (rep, request);
        send_text (rep, 0, "had %s", request);
        served++;
    }
    say (me->name, "served %d requests", served);
}

static void client (struct me *me)
{
    void *req = open_socket (me, ZMQ_REQ, me->address[0]);
    for (int i = 0; i < REQUESTS; i++) {
        send_text (req, 0, "client %d request %d", me->number, i);
        recv_expected (req, "had client %d request %d", me->number, i);
    }
    say (me->name, "%d replies", REQUESTS);
    tell (me, "done");
}

static int play (role_fn *broker)
{
    char front[WORD], back[WORD], word[WORD];
    struct actor middle = start (broker, "broker", 0, TCP, NULL);
    struct actor services[SERVICES], clients[CLIENTS];
    heard (&middle, front);
    heard (&middle, back);
    for (int i = 0; i < SERVICES; i++)
        services[i] = start (service, "service", i, back, NULL);
    for (int i = 0; i < SERVICES; i++)
        heard (&services[i], word);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = start (client, "client", i, front, NULL);
    for (int i = 0; i < CLIENTS; i++)
        heard (&clients[i], word);
    for (int i = 0; i < SERVICES; i++)
        cue (&services[i]);
    cue (&middle);
    return finish ();
}

static int relay (const char *front, const char *back, int count)
{
    void *context = zmq_ctx_new ();
    void *router = zmq_socket (context, ZMQ_ROUTER), *dealer = zmq_socket (context, ZMQ_DEALER);
    prove ("relay");
    MUST (zmq_bind (router, front));
    MUST (zmq_bind (dealer, back));
    forward (router, dealer, -1, count);
    say ("relay", "forwarded %d requests and replies", count);
    MUST (zmq_close (router));
    MUST (zmq_close (dealer));
    MUST (zmq_ctx_term (context));
    return 0;
}

int main (int argc, char **argv)
{
    if (argc == 2 && !strcmp (argv[1], "poll"))
        return play (poll_broker);
    if (argc == 2 && !strcmp (argv[1], "proxy"))
        return play (proxy_broker);
    if (argc == 5 && !strcmp (argv[1], "relay"))
        return relay (argv[2], argv[3], atoi (argv[4]));
    fprintf (stderr, "usage: broker poll | broker proxy | broker relay FRONT BACK COUNT\n");
    return 2;
}
