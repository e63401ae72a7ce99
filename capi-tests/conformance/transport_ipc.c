/*
 * ipc endpoints: paths of every kind and length, stale and foreign files, what
 * is left on the disk after unbind, close and term, the abstract namespace,
 * wildcards, binding twice, ZMQ_USE_FD, and the uid, gid and pid filters.
 */
#include "../wire.h"

static void *ctx;

/* A path in our directory, as an endpoint and as a file. */
static char endpoint[128], file[100];

static const char *in_dir (const char *name)
{
    snprintf (file, sizeof file, "%s/%s", t_tmpdir (), name);
    snprintf (endpoint, sizeof endpoint, "ipc://%s", file);
    return endpoint;
}

static const char *kind (const char *path)
{
    struct stat st;
    if (lstat (path, &st) == -1)
        return t_errno (errno);
    return S_ISSOCK (st.st_mode) ? "a socket"
           : S_ISREG (st.st_mode) ? "a file"
           : S_ISDIR (st.st_mode) ? "a directory"
                                  : "something else";
}

static bool works (void *pull, const char *where)
{
    void *push = t_socket (ctx, ZMQ_PUSH);
    bool ok = zmq_connect (push, where) == 0
              && t_send (push, "hello", (char *) NULL) == 5
              && zmq_recv (pull, NULL, 0, 0) == 5;
    zmq_close (push);
    return ok;
}

static void try_text (const char *text)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char last[512];
    size_t size = sizeof last;
    int rc;
    printf ("\"%.40s\": ", t_mask (text));
    rc = zmq_bind (pull, text);
    printf ("bind %s", rc ? t_errno (errno) : "ok");
    if (rc == 0) {
        zmq_getsockopt (pull, ZMQ_LAST_ENDPOINT, last, &size);
        printf (", last %s, works %d", strcmp (last, text) ? t_mask (last)
                                                           : "same",
                works (pull, last));
    }
    rc = zmq_connect (push, text);
    printf (", connect %s\n", rc ? t_errno (errno) : "ok");
    zmq_close (pull);
    zmq_close (push);
}

static void texts (void)
{
    char text[256];
    struct sockaddr_un un;
    puts ("== texts");
    try_text ("ipc://");
    try_text ("ipc:/x");
    try_text ("ipc:///nosuchdir/x");
    try_text (in_dir ("plain"));
    try_text (in_dir ("with space"));
    try_text (in_dir ("with:colon"));
    try_text (in_dir ("*"));
    puts ("-- lengths around the limit of sun_path");
    for (size_t len = sizeof un.sun_path - 2; len <= sizeof un.sun_path + 1;
         len++) {
        in_dir ("");
        snprintf (text, sizeof text, "%s", endpoint);
        memset (text + strlen (text), 'l', 6 + len - strlen (text));
        text[6 + len] = 0;
        printf ("%zu ", len);
        try_text (text);
    }
    puts ("-- abstract names");
    try_text ("ipc://@");
    snprintf (text, sizeof text, "ipc://@conformance-%d", (int) getpid ());
    {
        void *pull = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL);
        char last[256];
        int fd;
        RC (zmq_bind (pull, text));
        printf ("last %s\n",
                strcmp (t_last_endpoint (pull, last), text) ? last : "same");
        printf ("works %d\n", works (pull, text));
        RC (zmq_bind (b, text));
        fd = t_raw_connect (text);
        printf ("raw connect to the name without trailing zeros: %d\n",
                fd >= 0);
        close (fd);
        RC (zmq_unbind (pull, text));
        zmq_close (pull);
        zmq_close (b);
    }
}

static void files (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL);
    int fd;
    puts ("\n== files");
    RC (zmq_bind (a, in_dir ("f1")));
    printf ("bound: %s\n", kind (file));
    RC (zmq_unbind (a, endpoint));
    t_settle (30);
    printf ("unbound: %s\n", kind (file));
    puts ("-- close");
    RC (zmq_bind (a, in_dir ("f2")));
    RC (zmq_close (a));
    t_settle (30);
    printf ("closed: %s\n", kind (file));
    puts ("-- removed by somebody else");
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, in_dir ("f3")));
    unlink (file);
    RC (zmq_bind (b, endpoint));
    printf ("the second bind works %d\n", works (b, endpoint));
    RC (zmq_unbind (a, endpoint));
    t_settle (50);
    printf ("after unbind of the first: %s\n", kind (file));
    zmq_close (a);
    zmq_close (b);
    puts ("-- bound twice: the second takes the name over");
    a = t_socket (ctx, ZMQ_PULL);
    b = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, in_dir ("f4")));
    RC (zmq_bind (b, endpoint));
    RC (zmq_bind (a, endpoint));
    zmq_close (a);
    zmq_close (b);
    puts ("-- a stale socket file");
    in_dir ("f5");
    fd = socket (AF_UNIX, SOCK_STREAM, 0);
    {
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        strcpy (un.sun_path, file);
        t_need (bind (fd, (struct sockaddr *) &un, sizeof un) == 0);
    }
    close (fd);
    printf ("before: %s\n", kind (file));
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, endpoint));
    printf ("works %d\n", works (a, endpoint));
    zmq_close (a);
    puts ("-- a regular file");
    fd = open (in_dir ("f6") + 6, O_CREAT | O_WRONLY, 0600);
    close (fd);
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, endpoint));
    printf ("after: %s\n", kind (file));
    zmq_close (a);
    puts ("-- a directory");
    t_need (mkdir (in_dir ("f7") + 6, 0700) == 0);
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, endpoint));
    printf ("after: %s\n", kind (file));
    zmq_close (a);
}

static void term (void)
{
    void *other = zmq_ctx_new (), *a = t_socket (other, ZMQ_PULL);
    puts ("\n== after zmq_ctx_term");
    RC (zmq_bind (a, in_dir ("term")));
    zmq_close (a);
    RC (zmq_ctx_term (other));
    printf ("%s\n", kind (file));
}

static void wildcard (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL);
    char one[256], two[256], *slash;
    puts ("\n== ipc://*");
    setenv ("TMPDIR", t_tmpdir (), 1);
    RC (zmq_bind (a, "ipc://*"));
    RC (zmq_bind (b, "ipc://*"));
    t_last_endpoint (a, one);
    t_last_endpoint (b, two);
    printf ("different %d, in TMPDIR %d, works %d\n", strcmp (one, two) != 0,
            strncmp (one + 6, t_tmpdir (), strlen (t_tmpdir ())) == 0,
            works (a, one));
    printf ("the file is %s\n", kind (one + 6));
    slash = strrchr (one, '/');
    printf ("its name is \"%s\", its directory %s\n", slash + 1,
            (*slash = 0, kind (one + 6)));
    *slash = '/';
    RC (zmq_unbind (a, "ipc://*"));
    RC_AS ("unbind by LAST_ENDPOINT", zmq_unbind (a, one));
    for (int i = 0; i < 1000 && access (one + 6, F_OK) == 0; i++)
        t_settle (1);
    printf ("the file is gone: %s\n", kind (one + 6));
    *slash = 0;
    t_settle (20);
    printf ("its directory: %s\n", kind (one + 6));
    zmq_close (a);
    zmq_close (b);
}

/* A listening descriptor made by the application. */
static void use_fd (const char *proto)
{
    void *a = t_socket (ctx, ZMQ_PULL);
    char where[256];
    int fd;
    printf ("\n== ZMQ_USE_FD, %s\n", proto);
    if (strcmp (proto, "tcp") == 0)
        fd = t_tcp_listen (where);
    else {
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        snprintf (where, sizeof where, "%s", in_dir ("given"));
        strcpy (un.sun_path, file);
        fd = socket (AF_UNIX, SOCK_STREAM, 0);
        t_need (bind (fd, (struct sockaddr *) &un, sizeof un) == 0);
        t_need (listen (fd, 5) == 0);
    }
    RC (t_get_int (a, ZMQ_USE_FD));
    RC (t_set_int (a, ZMQ_USE_FD, -2));
    RC_AS ("set ZMQ_USE_FD", t_set_int (a, ZMQ_USE_FD, fd));
    RC_AS ("bind", zmq_bind (a, where));
    printf ("works %d\n", works (a, where));
    zmq_close (a);
    t_settle (50);
    printf ("our descriptor is closed with the socket: %d\n",
            fcntl (fd, F_GETFD) == -1);
    if (strcmp (proto, "ipc") == 0)
        printf ("the file: %s\n", kind (file));
}

static bool lets_in (const char *label)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    uid_t uid = getuid ();
    gid_t gid = getgid ();
    pid_t pid = getpid ();
    bool good = *label != '!';
    char where[256];
    int option = strstr (label, "uid")   ? ZMQ_IPC_FILTER_UID
                 : strstr (label, "gid") ? ZMQ_IPC_FILTER_GID
                                         : ZMQ_IPC_FILTER_PID;
    if (!good) {
        uid += 12345;
        gid += 12345;
        pid = 1;
    }
    if (option == ZMQ_IPC_FILTER_UID)
        zmq_setsockopt (pull, option, &uid, sizeof uid);
    else if (option == ZMQ_IPC_FILTER_GID)
        zmq_setsockopt (pull, option, &gid, sizeof gid);
    else
        zmq_setsockopt (pull, option, &pid, sizeof pid);
    t_need (t_bind_any (pull, where, "ipc") == 0);
    t_need (zmq_connect (push, where) == 0);
    t_send (push, "x", (char *) NULL);
    good = t_poll_in (pull, good ? T_TIMEOUT_MS : 100) & ZMQ_POLLIN;
    printf ("%s: %s\n", label, good ? "let in" : "kept out");
    zmq_close (push);
    zmq_close (pull);
    return good;
}

static void filters (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    uid_t uid = getuid () + 1;
    gid_t gid = getgid ();
    void *mon;
    char where[256], bytes[16];
    puts ("\n== filters");
    lets_in ("uid");
    lets_in ("!uid");
    lets_in ("gid");
    lets_in ("!gid");
    lets_in ("pid");
    lets_in ("!pid");
    puts ("-- a refused connection is closed at once");
    zmq_setsockopt (pull, ZMQ_IPC_FILTER_UID, &uid, sizeof uid);
    mon = t_monitor (ctx, pull, ZMQ_EVENT_ALL);
    t_need (t_bind_any (pull, where, "ipc") == 0);
    {
        int fd = t_raw_connect (where);
        t_need (fd >= 0);
        printf ("bytes before the end: %zu\n",
                t_read (fd, bytes, sizeof bytes, T_TIMEOUT_MS));
        close (fd);
    }
    printf ("%s\n", t_event_name (t_event (mon, T_TIMEOUT_MS, NULL, NULL)));
    printf ("%s\n", t_event_name (t_event (mon, T_TIMEOUT_MS, NULL, NULL)));
    w_unmonitor (pull, mon);
    puts ("-- one filter that fits is enough");
    zmq_setsockopt (pull, ZMQ_IPC_FILTER_GID, &gid, sizeof gid);
    t_need (t_bind_any (pull, where, "ipc") == 0);
    t_need (zmq_connect (push, where) == 0);
    t_send (push, "x", (char *) NULL);
    t_recv_print (pull, "pull");
    zmq_close (pull);
    zmq_close (push);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    texts ();
    files ();
    term ();
    wildcard ();
    use_fd ("ipc");
    use_fd ("tcp");
    filters ();
    zmq_ctx_term (ctx);
    return 0;
}
