/* Request and reply in C: one client and one server over ipc, then one client balanced over two servers over tcp. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#define REQUESTS 20

/* Answers as many requests as its number says. */
static void server (struct me *me)
{
    char request[WORD];
    void *rep = open_bound (me, ZMQ_REP, me->address[0]);
    for (int i = 0; i < me->number; i++) {
        recv_text (rep, request);
        send_text (rep, 0, "%s had %s", me->name, request);
    }
}

static void client (struct me *me)
{
    void *req = open_socket (me, ZMQ_REQ, me->address[0]);
    for (int i = 0; i < REQUESTS; i++) {
        send_text (req, 0, "question %d", i);
        recv_expected (req, "server had question %d", i);
    }
    say (me->name, "%d replies from one server", REQUESTS);
}

static void balanced_client (struct me *me)
{
    char reply[WORD], wanted[WORD];
    int east = 0, west = 0;
    void *req = open_socket (me, ZMQ_REQ, me->address[0]);
    MUST (zmq_connect (req, me->address[1]));
    for (int i = 0; i < REQUESTS; i++) {
        send_text (req, 0, "question %d", i);
        recv_text (req, reply);
        snprintf (wanted, sizeof wanted, "st had question %d", i);
        if (strlen (reply) < 2 || strcmp (reply + 2, wanted))
            fail ("FAILED: got '%s'", reply);
        *(reply[0] == 'e' ? &east : &west) += 1;
    }
    if (east != west)
        fail ("FAILED: %d requests went east, %d west", east, west);
    say (me->name, "%d replies from the east, %d from the west", east, west);
}

int main (void)
{
    char endpoint[2][WORD];
    struct actor one = start (server, "server", REQUESTS, IPC, NULL);
    heard (&one, endpoint[0]);
    start (client, "client", 0, endpoint[0], NULL);

    struct actor east = start (server, "east", REQUESTS / 2, TCP, NULL);
    struct actor west = start (server, "west", REQUESTS / 2, TCP, NULL);
    heard (&east, endpoint[0]);
    heard (&west, endpoint[1]);
    start (balanced_client, "balanced", 0, endpoint[0], endpoint[1]);
    return finish ();
}
