/*
 * What binding an ipc path does to the file that lies there: a socket and an
 * empty file make room, a file with content stays and the bind is refused.
 * The original deletes it.
 */
#include "../t.h"

static void try (void *ctx, const char *what, const char *path, const char *content)
{
    char endpoint[300], back[16] = "";
    void *sock = t_socket (ctx, ZMQ_PULL);
    FILE *f = fopen (path, "w");
    t_need (f && fputs (content, f) >= 0 && fclose (f) == 0);
    snprintf (endpoint, sizeof endpoint, "ipc://%s", path);
    RC_AS (what, zmq_bind (sock, endpoint));
    f = fopen (path, "r");
    if (f && fgets (back, sizeof back, f))
        printf ("still there: \"%s\"\n", back);
    if (f)
        fclose (f);
    zmq_close (sock);
    unlink (path);
}

int main (void)
{
    char dir[] = "/tmp/oxizmq-XXXXXX", path[64];
    void *ctx;
    t_init ();
    t_need (mkdtemp (dir) != NULL);
    snprintf (path, sizeof path, "%s/file", dir);
    ctx = zmq_ctx_new ();
    try (ctx, "an empty file", path, "");
    try (ctx, "a file with content", path, "precious");
    zmq_ctx_term (ctx);
    rmdir (dir);
    return 0;
}
