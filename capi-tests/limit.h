/*
 * limit.h: run out of descriptors on purpose. no_more (n) leaves the process n
 * free descriptors, enough_again () takes that back.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "wire.h"

#include <sys/resource.h>

static struct rlimit limit_before;

/* Fill all gaps below the highest descriptor, so that the limit is exact. */
T_FN void no_more (int n)
{
    struct rlimit now;
    int highest = 2, fd;
    t_need (getrlimit (RLIMIT_NOFILE, &limit_before) == 0);
    for (fd = 0; fd < 1024; fd++)
        if (fcntl (fd, F_GETFD) != -1)
            highest = fd;
    while ((fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) < highest)
        t_need (fd >= 0);
    close (fd);
    now = limit_before;
    now.rlim_cur = (rlim_t) (highest + 1 + n);
    t_need (setrlimit (RLIMIT_NOFILE, &now) == 0);
}

T_FN void enough_again (void)
{
    t_need (setrlimit (RLIMIT_NOFILE, &limit_before) == 0);
}

/* A call that may fail for want of descriptors, but only for that. */
T_FN const char *limit_result (bool ok, int e)
{
    return ok || e == EMFILE ? "works or EMFILE" : t_errno (e);
}

#endif
