/*
 * zmq_has for the capabilities that depend on how a library was built. The
 * other ones are in misc_small.
 */
#include "../t.h"

int main (void)
{
    static const char *const names[] = {"pgm", "tipc", "norm", "gssapi", "ws", "wss"};
    t_init ();
    for (size_t i = 0; i < T_COUNT (names); i++)
        printf ("zmq_has \"%s\": %d\n", names[i], zmq_has (names[i]));
    return 0;
}
