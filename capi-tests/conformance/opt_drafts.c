/*
 * Option numbers 93 to 130: in the header of 4.3.4 and 4.3.5 they belong to
 * the draft interface, or to nobody. A stable build says which it knows. Set
 * to ints and texts and read back, on every socket type.
 */
#include "../opt.h"

int main (void)
{
    static const struct {
        const char *name, *value;
        size_t size;
    } trials[] = {{"0", "\0\0\0\0", 4},        {"1", "\1\0\0\0", 4}, {"2", "\2\0\0\0", 4},
                  {"-1", "\xff\xff\xff\xff", 4}, {"NULL", NULL, 0},  {"X-a:b", "X-a:b", 5},
                  {"text", "some text", 9}};
    void *ctx;
    t_init ();
    ctx = opt_context ();
    for (int option = OPT_LAST_STABLE + 1; option <= 130; option++) {
        for (int type = 0; type < 12; type++) {
            void *sock = opt_socket (ctx, type);
            opt_text text;
            text_start (&text, opt_table[type]);
            text_add (&text, "at first", opt_value (sock, option));
            for (size_t i = 0; i < T_COUNT (trials); i++)
                text_add (&text, trials[i].name,
                          opt_set_get (sock, option, trials[i].value, trials[i].size));
            zmq_close (sock);
        }
        table_print (option, "");
    }
    RC (zmq_ctx_term (ctx));
    return 0;
}
