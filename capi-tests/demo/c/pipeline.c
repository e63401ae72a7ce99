/* Pipeline in C: a ventilator deals out tasks, three workers square them, a sink adds up and checks. */
#include "stage.h"

#include <stdlib.h>
#include <unistd.h>

#define TASKS 300

static void ventilator (struct me *me)
{
    void *push = open_bound (me, ZMQ_PUSH, me->address[0]);
    zmq_pollitem_t line = {NULL, me->line, ZMQ_POLLIN, 0};
    MUST (zmq_poll (&line, 1, -1));
    for (long task = 1; task <= TASKS; task++) {
        zmq_msg_t message;
        MUST (zmq_msg_init_size (&message, sizeof task));
        *(long *) zmq_msg_data (&message) = task;
        MUST (zmq_msg_send (&message, push, 0));
    }
}

static void worker (struct me *me)
{
    void *pull = open_socket (me, ZMQ_PULL, me->address[0]);
    void *push = open_socket (me, ZMQ_PUSH, me->address[1]);
    zmq_pollitem_t items[] = {{pull, 0, ZMQ_POLLIN, 0}, {NULL, me->line, ZMQ_POLLIN, 0}};
    tell (me, "ready");
    for (;;) {
        long task;
        MUST (zmq_poll (items, 2, -1));
        if (items[1].revents)
            return;
        if (MUST (zmq_recv (pull, &task, sizeof task, 0)) != sizeof task)
            fail ("FAILED: a task of the wrong size");
        send_text (push, ZMQ_SNDMORE, "%d", me->number);
        send_text (push, 0, "%ld", task * task);
    }
}

static void sink (struct me *me)
{
    char text[WORD];
    long sum = 0, by[3] = {0};
    void *pull = open_bound (me, ZMQ_PULL, me->address[0]);
    for (int i = 0; i < TASKS; i++) {
        recv_text (pull, text);
        by[atoi (text) % 3]++;
        recv_text (pull, text);
        sum += atol (text);
    }
    if (sum != (long) TASKS * (TASKS + 1) * (2 * TASKS + 1) / 6)
        fail ("FAILED: the squares add up to %ld", sum);
    say (me->name, "%d results (%ld, %ld, %ld of the three workers), sum %ld", TASKS, by[0], by[1], by[2], sum);
    tell (me, "done");
}

int main (void)
{
    char front[WORD], back[WORD], word[WORD];
    struct actor source = start (ventilator, "ventilator", 0, TCP, NULL);
    struct actor end = start (sink, "sink", 0, IPC, NULL);
    struct actor workers[3];
    heard (&source, front);
    heard (&end, back);
    for (int i = 0; i < 3; i++)
        workers[i] = start (worker, "worker", i, front, back);
    for (int i = 0; i < 3; i++)
        heard (&workers[i], word);
    usleep (100000); /* time for all three to connect: fair shares; the result does not depend on it */
    cue (&source);
    heard (&end, word);
    for (int i = 0; i < 3; i++)
        cue (&workers[i]);
    return finish ();
}
