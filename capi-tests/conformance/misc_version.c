/*
 * zmq_version: the exact version. The one place in the suite where it is
 * printed; 4.3.4 with the original, 4.3.5 with ours (an expected difference).
 */
#include "t.h"

int main (void)
{
    int major = -1, minor = -1, patch = -1;
    t_init ();
    zmq_version (&major, &minor, &patch);
    printf ("%d.%d.%d\n", major, minor, patch);
    return 0;
}
