/*
 * Socket options that hold text or keys: NULL and empty values, the limits,
 * buffers that are just too small, embedded NULs, what selects a security
 * mechanism, and the forms of TCP_ACCEPT_FILTER, SOCKS_PROXY and the CURVE keys.
 */
#include "../opt.h"

static void *ctx;

static const int text_options[] = {ZMQ_PLAIN_USERNAME, ZMQ_PLAIN_PASSWORD, ZMQ_ZAP_DOMAIN,
                                   ZMQ_SOCKS_PROXY, ZMQ_BINDTODEVICE, ZMQ_ROUTING_ID,
                                   ZMQ_CONNECT_ROUTING_ID, ZMQ_TCP_ACCEPT_FILTER,
                                   ZMQ_XPUB_WELCOME_MSG, ZMQ_SUBSCRIBE, ZMQ_UNSUBSCRIBE,
                                   ZMQ_CURVE_PUBLICKEY, ZMQ_LINGER, ZMQ_AFFINITY};

/* Set to NULL with length 0: before anything else, and after a text. */
static void null_and_empty (int option)
{
    void *sock = opt_socket (ctx, option == ZMQ_SUBSCRIBE || option == ZMQ_UNSUBSCRIBE ? ZMQ_SUB
                                  : option == ZMQ_XPUB_WELCOME_MSG ? ZMQ_XPUB : ZMQ_ROUTER);
    printf ("%s\n", opt_name (option));
    printf ("  NULL, 0: %s\n", opt_set_get (sock, option, NULL, 0));
    printf ("  text: %s\n", opt_set_get (sock, option, "1234", 4));
    printf ("  NULL, 0: %s\n", opt_set_get (sock, option, NULL, 0));
    printf ("  then mechanism %s\n", opt_value (sock, ZMQ_MECHANISM));
    printf ("  text: %s\n", opt_set_get (sock, option, "12345", 5));
    printf ("  empty: %s\n", opt_set_get (sock, option, "", 0));
    printf ("  embedded NUL: %s\n", opt_set_get (sock, option, "a\0b\0", 4));
    zmq_close (sock);
}

/* Read a ten-byte value with buffers around its size. */
static void too_small (int option)
{
    void *sock = opt_socket (ctx, ZMQ_DEALER);
    opt_text text;
    zmq_setsockopt (sock, option, "0123456789", 10);
    text_start (&text, opt_table[0]);
    for (size_t room = 0; room <= 13; room++) {
        char trial[16];
        snprintf (trial, sizeof trial, "%zu", room);
        text_add (&text, trial, opt_get (sock, option, room));
    }
    printf ("%s of ten bytes | %s\n", opt_name (option), opt_table[0]);
    zmq_close (sock);
}

static void mechanism (void *sock, const char *after)
{
    printf ("  after %s: mechanism %s, PLAIN_SERVER %s, CURVE_SERVER %s\n", after,
            opt_value (sock, ZMQ_MECHANISM), opt_value (sock, ZMQ_PLAIN_SERVER),
            opt_value (sock, ZMQ_CURVE_SERVER));
}

/* Which options select a mechanism, alone and after others. */
static void mechanisms (void)
{
    static const struct {
        int option;
        int is_int, value;
        const char *text;
    } steps[] = {
        {ZMQ_PLAIN_SERVER, 1, 1, 0},   {ZMQ_PLAIN_SERVER, 1, 0, 0},
        {ZMQ_PLAIN_USERNAME, 0, 0, "u"}, {ZMQ_PLAIN_PASSWORD, 0, 0, "p"},
        {ZMQ_CURVE_SERVER, 1, 1, 0},   {ZMQ_CURVE_SERVER, 1, 0, 0},
        {ZMQ_CURVE_PUBLICKEY, 0, 0, "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
        {ZMQ_CURVE_SECRETKEY, 0, 0, "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"},
        {ZMQ_CURVE_SERVERKEY, 0, 0, "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
        {ZMQ_ZAP_DOMAIN, 0, 0, "global"},
    };
    void *together = opt_socket (ctx, ZMQ_DEALER);
    for (int chained = 0; chained < 2; chained++) {
        printf ("mechanism, %s\n", chained ? "one socket" : "a new socket each");
        for (size_t i = 0; i < T_COUNT (steps); i++) {
            void *sock = chained ? together : opt_socket (ctx, ZMQ_DEALER);
            char what[64];
            int rc = steps[i].is_int ? t_set_int (sock, steps[i].option, steps[i].value)
                                     : t_set_str (sock, steps[i].option, steps[i].text);
            snprintf (what, sizeof what, "%s=%d (%s)", opt_name (steps[i].option),
                      steps[i].value, rc == 0 ? "ok" : t_errno (errno));
            mechanism (sock, what);
            if (!chained)
                zmq_close (sock);
        }
    }
    printf ("mechanism, back with NULL\n");
    zmq_setsockopt (together, ZMQ_PLAIN_USERNAME, NULL, 0);
    mechanism (together, "PLAIN_USERNAME=NULL");
    t_set_str (together, ZMQ_PLAIN_USERNAME, "u");
    zmq_setsockopt (together, ZMQ_PLAIN_PASSWORD, NULL, 0);
    mechanism (together, "PLAIN_PASSWORD=NULL");
    zmq_close (together);
}

static void curve_keys (void)
{
    static const char good[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
    char bad[42];
    void *sock = opt_socket (ctx, ZMQ_DEALER);
    printf ("CURVE keys\n");
    for (int option = ZMQ_CURVE_PUBLICKEY; option <= ZMQ_CURVE_SERVERKEY; option++) {
        unsigned char raw[32];
        size_t size = sizeof raw;
        printf ("  40 characters: %s\n", opt_set_get (sock, option, good, 40));
        printf ("  with NUL: %s\n", opt_set_get (sock, option, good, 41));
        printf ("  back: %s\n", opt_get (sock, option, 41));
        RC (zmq_getsockopt (sock, option, raw, &size));
        printf ("  raw: ");
        t_hex (raw, size);
        printf ("\n  raw set: %s\n", opt_set_get (sock, option, raw, 32));
        strcpy (bad, good);
        bad[7] = ' ';
        printf ("  a space in it: %s\n", opt_set_get (sock, option, bad, 40));
        bad[7] = (char) 0xc3;
        printf ("  a byte above 127: %s\n", opt_set_get (sock, option, bad, 40));
        bad[7] = '"';
        printf ("  a quote in it: %s\n", opt_set_get (sock, option, bad, 40));
        memset (bad, '#', 40);
        printf ("  too large a number: %s\n", opt_set_get (sock, option, bad, 40));
        strcpy (bad, good);
        bad[40] = 'x';
        printf ("  41 without NUL: %s\n", opt_set_get (sock, option, bad, 41));
        bad[39] = 0;
        printf ("  39 and NUL: %s\n", opt_set_get (sock, option, bad, 40));
    }
    zmq_close (sock);
}

static void addresses (int option, int ipv6, const char *const *texts, size_t count)
{
    void *sock = opt_socket (ctx, ZMQ_DEALER);
    t_set_int (sock, ZMQ_IPV6, ipv6);
    printf ("%s, IPV6 %d\n", opt_name (option), ipv6);
    for (size_t i = 0; i < count; i++)
        printf ("  \"%s\": %s\n", texts[i],
                opt_set_get (sock, option, texts[i], strlen (texts[i])));
    zmq_close (sock);
}

int main (void)
{
    static const char *const filters[] = {
        "127.0.0.1",   "127.0.0.0/8", "10.0.0.0/0",  "10.0.0.0/32", "10.0.0.0/33", "10.0.0.0/-1",
        "10.0.0.0/x",  "10.0.0.0/8x", "10.0.0.0/",   "::1",         "::1/128",     "::1/129",
        "[::1]",       "localhost",   "*",           "1.2.3",       "1.2.3.4.5",   "256.1.1.1",
        " 127.0.0.1",  "127.0.0.1:1", "/8",          "",            "lo"};
    static const char *const proxies[] = {"127.0.0.1:1080", "127.0.0.1", "host:", ":1080",
                                          "host:99999",     "nonsense",  "a b"};
    t_init ();
    ctx = opt_context ();
    for (size_t i = 0; i < T_COUNT (text_options); i++)
        null_and_empty (text_options[i]);
    for (size_t i = 0; i < 6; i++)
        too_small (text_options[i]);
    mechanisms ();
    curve_keys ();
    addresses (ZMQ_TCP_ACCEPT_FILTER, 0, filters, T_COUNT (filters));
    addresses (ZMQ_TCP_ACCEPT_FILTER, 1, filters, T_COUNT (filters));
    addresses (ZMQ_SOCKS_PROXY, 0, proxies, T_COUNT (proxies));
    RC (zmq_ctx_term (ctx));
    return 0;
}
