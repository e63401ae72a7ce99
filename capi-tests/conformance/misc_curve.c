/*
 * CURVE keys: lengths and characters of zmq_curve_keypair, zmq_curve_public
 * derives the same public key, a known pair, bad secret keys.
 */
#include "../t.h"

static void one_pair (void)
{
    char public[64], secret[64], derived[64];
    uint8_t raw[32];
    memset (public, '?', sizeof public);
    memset (secret, '?', sizeof secret);
    memset (derived, '?', sizeof derived);
    RC (zmq_curve_keypair (public, secret));
    printf ("lengths %zu %zu, next %c %c\n", strlen (public), strlen (secret), public[41], secret[41]);
    printf ("decodes %s %s\n", t_ptr (zmq_z85_decode (raw, public)),
            t_ptr (zmq_z85_decode (raw, secret)));
    RC (zmq_curve_public (derived, secret));
    printf ("derived: equal %d, next %c\n", strcmp (public, derived) == 0, derived[41]);
    printf ("differ %d\n", strcmp (public, secret) != 0);
}

static void derive (const char *label, const char *secret)
{
    char public[64];
    memset (public, 0, sizeof public);
    printf ("%s\n", label);
    if (RC (zmq_curve_public (public, secret)) == 0)
        printf ("  %s\n", public);
}

int main (void)
{
    t_init ();
    one_pair ();
    one_pair ();
    derive ("a known one", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");
    derive ("zeros", "0000000000000000000000000000000000000000");
    derive ("too short", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ");
    derive ("empty", "");
    derive ("bad character", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%c ");
    derive ("41 characters", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%csx");
    return 0;
}
