/*
 * The GSSAPI options as storage: values and sizes on every socket type, which
 * of them select the mechanism, NULL and empty names.
 */
#include "../opt.h"

static void *ctx;

static const int options[] = {ZMQ_GSSAPI_SERVER, ZMQ_GSSAPI_PRINCIPAL,
                              ZMQ_GSSAPI_SERVICE_PRINCIPAL, ZMQ_GSSAPI_PLAINTEXT,
                              ZMQ_GSSAPI_PRINCIPAL_NAMETYPE,
                              ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE};

static void ints (int option)
{
    static const int values[] = {INT_MIN, -1, 0, 1, 2, 3, 255, INT_MAX};
    opt_sweep_ints (ctx, option, values, T_COUNT (values));
}

static void sizes (int option)
{
    static const size_t list[] = {0, 1, 3, 4, 5, 8, 32, 254, 255, 256, 500};
    static const char letters[512] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static char result[OPT_TEXT];
    opt_text text;
    text_start (&text, result);
    for (size_t i = 0; i < T_COUNT (list); i++) {
        char trial[16];
        void *sock = opt_socket (ctx, ZMQ_DEALER);
        snprintf (trial, sizeof trial, "%zu", list[i]);
        text_add (&text, trial, opt_set_get (sock, option, letters, list[i]));
        zmq_close (sock);
    }
    printf ("sizes of %s | %s\n", opt_name (option), result);
}

static void names (int option)
{
    void *sock = opt_socket (ctx, ZMQ_DEALER);
    printf ("%s\n", opt_name (option));
    printf ("  NULL, 0: %s\n", opt_set_get (sock, option, NULL, 0));
    printf ("  text: %s\n", opt_set_get (sock, option, "1234", 4));
    printf ("  NULL, 0: %s\n", opt_set_get (sock, option, NULL, 0));
    printf ("  empty: %s\n", opt_set_get (sock, option, "", 0));
    zmq_close (sock);
}

static void mechanism (int option)
{
    for (int value = 0; value < 2; value++) {
        void *sock = opt_socket (ctx, ZMQ_DEALER);
        int rc = opt_value (sock, option)[0] == 'i' ? t_set_int (sock, option, value)
                                                    : t_set_str (sock, option, "name");
        printf ("%s %d: %d, then mechanism %s, GSSAPI_SERVER %s\n", opt_name (option), value, rc,
                opt_value (sock, ZMQ_MECHANISM), opt_value (sock, ZMQ_GSSAPI_SERVER));
        zmq_close (sock);
    }
}

int main (void)
{
    t_init ();
    ctx = opt_context ();
    for (size_t i = 0; i < T_COUNT (options); i++) {
        ints (options[i]);
        sizes (options[i]);
        mechanism (options[i]);
    }
    names (ZMQ_GSSAPI_PRINCIPAL);
    names (ZMQ_GSSAPI_SERVICE_PRINCIPAL);
    RC (zmq_ctx_term (ctx));
    return 0;
}
