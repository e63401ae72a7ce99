/*
 * Volume: 200000 small messages and 300 of 1 MB, over tcp and ipc, through a
 * reader with small limits; each message carries its number. The writer closes
 * and ends its context with the default linger: everything has arrived, in
 * order, nothing twice. Over ipc the writer waits for the reader before it
 * closes; closing at once is the subject of ours/lost_tail_ipc.c.
 */
#include "../wire.h"

#include <stdatomic.h>

typedef struct {
    char endpoint[256];
    size_t size;
    int count;
    atomic_bool close; /* the writer may close */
} job_t;

static void *write_all (void *arg)
{
    job_t *job = arg;
    void *ctx = zmq_ctx_new (), *push = zmq_socket (ctx, ZMQ_PUSH);
    char *body = calloc (1, job->size);
    zmq_connect (push, job->endpoint);
    for (int i = 0; i < job->count; i++) {
        memcpy (body, &i, sizeof i);
        memcpy (body + job->size - sizeof i, &i, sizeof i);
        if (zmq_send (push, body, job->size, 0) == -1)
            break;
    }
    free (body);
    while (!job->close)
        t_settle (1);
    zmq_close (push);
    zmq_ctx_term (ctx);
    return NULL;
}

static void run (const char *proto, size_t size, int count)
{
    void *ctx = zmq_ctx_new (), *pull = t_socket (ctx, ZMQ_PULL);
    job_t job = {.size = size, .count = count};
    pthread_t thread;
    int got = 0, wrong = 0;
    job.close = strcmp (proto, "tcp") == 0;
    t_set_int (pull, ZMQ_RCVHWM, 100);
    t_need (t_bind_any (pull, job.endpoint, proto) == 0);
    pthread_create (&thread, NULL, write_all, &job);
    for (; got < count; got++) {
        zmq_msg_t msg;
        int head, tail;
        const char *data;
        zmq_msg_init (&msg);
        if (zmq_msg_recv (&msg, pull, 0) != (int) size) {
            zmq_msg_close (&msg);
            break;
        }
        data = zmq_msg_data (&msg);
        memcpy (&head, data, sizeof head);
        memcpy (&tail, data + size - sizeof tail, sizeof tail);
        wrong += head != got || tail != got;
        zmq_msg_close (&msg);
    }
    job.close = true;
    pthread_join (thread, NULL);
    printf ("%s, %d messages of %zu bytes: got %d, %d out of order\n", proto,
            count, size, got, wrong);
    t_recv_none (pull, "then", 20);
    zmq_close (pull);
    zmq_ctx_term (ctx);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    run ("tcp", 12, 200000);
    run ("ipc", 12, 200000);
    run ("tcp", 1000000, 300);
    run ("ipc", 1000000, 300);
    return 0;
}
