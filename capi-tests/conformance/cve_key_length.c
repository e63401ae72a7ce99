/*
 * Keys of every length, with memory that nobody may touch right behind their
 * last byte: an option that reads one byte more than it was given ends the
 * program (OSV-2020-1655).
 */
#include "../t.h"

#include <sys/mman.h>

static void *ctx;

/* The text so that it ends where the page ends. */
static const char *at_the_edge (const char *text, size_t len)
{
    static char *page;
    size_t size = (size_t) sysconf (_SC_PAGESIZE);
    if (!page) {
        page = mmap (NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        t_need (page != MAP_FAILED);
        t_need (mprotect (page + size, size, PROT_NONE) == 0);
    }
    memcpy (page + size - len, text, len);
    return page + size - len;
}

static void option (int number, const char *name, const char *text)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    for (size_t len = 0; len <= 45; len++) {
        int rc = zmq_setsockopt (sock, number, at_the_edge (text, len), len);
        if (rc == 0)
            printf ("%s: %zu bytes are taken\n", name, len);
        else if (errno != EINVAL)
            printf ("%s: %zu bytes: %s\n", name, len, t_errno (errno));
    }
    zmq_close (sock);
}

int main (void)
{
    static const char key[46] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
    static const char no_end[46] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hIDYne@$";
    static const char binary[46] = "\xff\xfe\xfd\x80\x7f";
    static const int numbers[] = {ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY, ZMQ_CURVE_SERVERKEY,
                                  ZMQ_PLAIN_USERNAME,  ZMQ_PLAIN_PASSWORD,  ZMQ_ZAP_DOMAIN};
    static const char *const names[] = {"public key", "secret key", "server key", "user", "password", "domain"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (numbers); i++) {
        option (numbers[i], names[i], key);
        option (numbers[i], names[i], no_end);
        option (numbers[i], names[i], binary);
    }
    zmq_ctx_term (ctx);
    return 0;
}
