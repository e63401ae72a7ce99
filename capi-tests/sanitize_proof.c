/*
 * A program that is wrong on purpose, for capi-tests/sanitize.sh: shows that
 * the sanitizer sees into the library. WRONG_thread: two threads initialise
 * one message. WRONG_address: a message is made in memory that was freed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <zmq.h>

static zmq_msg_t *msg;

static void *initialise (void *arg)
{
    zmq_msg_init (msg);
    return arg;
}

int main (void)
{
    pthread_t other;
    msg = malloc (sizeof *msg);
#ifdef WRONG_address
    free (msg);
#endif
    if (pthread_create (&other, NULL, initialise, NULL) != 0)
        return 0;
    initialise (NULL);
    pthread_join (other, NULL);
    return 0;
}
