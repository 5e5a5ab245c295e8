/* Stands before fsync and fdatasync of one process (LD_PRELOAD).
   CHAOS_SYNC=what:number:milliseconds, what happens at the number-th call:
     count       nothing
     die-before  SIGKILL instead of the call
     die-after   SIGKILL right after it
     eio         this call fails with EIO, its data may be on disk or not
     eio-from    this call and all later ones fail
     slow        this call takes so many milliseconds longer
   Every call appends 'number monotonic-seconds path' to the file CHAOS_SYNC_LOG names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int calls;

static int faulty(const char *name, int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *plan = getenv("CHAOS_SYNC"), *log = getenv("CHAOS_SYNC_LOG");
    if (plan == NULL) return real(descriptor);
    int at = 0, wait_ms = 0, call = ++calls;
    const char *rest = strchr(plan, ':');
    size_t length = rest ? (size_t)(rest - plan) : strlen(plan);
    if (rest) sscanf(rest + 1, "%d:%d", &at, &wait_ms);
#define IS(word) (length == strlen(word) && strncmp(plan, word, length) == 0)
    if (log != NULL) {
        int file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        char link[64], path[256] = "", line[360];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t got = readlink(link, path, sizeof path - 1);
        if (got > 0) path[got] = 0;
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int size = snprintf(line, sizeof line, "%d %ld.%09ld %s\n", call, (long)now.tv_sec, now.tv_nsec, path);
        if (file >= 0) { if (write(file, line, (size_t)size) < 0) { } close(file); }
    }
    if (call == at && IS("die-before")) kill(getpid(), SIGKILL);
    if ((call == at && IS("eio")) || (call >= at && IS("eio-from"))) { errno = EIO; return -1; }
    if (call == at && IS("slow")) {
        struct timespec wait = {wait_ms / 1000, (wait_ms % 1000) * 1000000L};
        nanosleep(&wait, NULL);
    }
    int result = real(descriptor);
    if (call == at && IS("die-after")) kill(getpid(), SIGKILL);
    return result;
}

int fsync(int descriptor) { return faulty("fsync", descriptor); }
int fdatasync(int descriptor) { return faulty("fdatasync", descriptor); }
