/*
 * zmq_strerror for every number from -1 to 200 and for the numbers from
 * ZMQ_HAUSNUMERO - 1 to + 60, where the library's own errors are. Same text,
 * same pointer on each call.
 */
#include "../t.h"

static void show (int number)
{
    const char *text = zmq_strerror (number);
    char first[200];
    snprintf (first, sizeof first, "%s", text);
    printf ("%s%d \"%s\"%s\n", number >= ZMQ_HAUSNUMERO - 1 ? "HAUSNUMERO+" : "",
            number >= ZMQ_HAUSNUMERO - 1 ? number - ZMQ_HAUSNUMERO : number, first,
            strcmp (first, zmq_strerror (number)) == 0 ? "" : " differs");
}

int main (void)
{
    t_init ();
    for (int number = -1; number <= 200; number++)
        show (number);
    for (int number = ZMQ_HAUSNUMERO - 1; number <= ZMQ_HAUSNUMERO + 60; number++)
        show (number);
    show (INT_MAX);
    show (INT_MIN);
    return 0;
}
