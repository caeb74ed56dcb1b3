/* Preloaded into `buss` by the crash tests: ends or stops the process right before its n-th call that others can see
 * (a write to a file or a socket, fsync, rename, link, unlink, mkdir, a wait for a child), counted over all threads.
 *
 * BUSS_TEST_AT      n, from 1; without it calls are only counted
 * BUSS_TEST_SIGNAL  number of the signal, 9 if not given
 * BUSS_TEST_COUNT   file that gets the number of calls when the process ends by itself
 *
 * A tracer could do the same, but counts for each thread apart, is slow, and is not allowed everywhere. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_long calls;
static long at;
static int sent = SIGKILL;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("BUSS_TEST_AT");
    if (text) at = atol(text);
    text = getenv("BUSS_TEST_SIGNAL");
    if (text) sent = atoi(text);
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("BUSS_TEST_COUNT");
    if (!path) return;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char text[32];
    int length = snprintf(text, sizeof text, "%ld", atomic_load(&calls));
    syscall(SYS_write, file, text, length);
    close(file);
}

static void reach(void) {
    if (atomic_fetch_add(&calls, 1) + 1 == at) kill(getpid(), sent);
}

/* Wakes of the runtime's own event descriptors change nothing that outlives the process. */
static void reach_by(int fd) {
    struct stat found;
    if (fstat(fd, &found) == 0 && (found.st_mode & S_IFMT) != 0) reach();
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *p, size_t n) { REAL(write); reach_by(fd); return real(fd, p, n); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); reach_by(fd); return real(fd, v, n); }
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t o) { REAL(pwrite64); reach(); return real(fd, p, n, o); }
ssize_t send(int fd, const void *p, size_t n, int f) { REAL(send); reach(); return real(fd, p, n, f); }
ssize_t sendto(int fd, const void *p, size_t n, int f, const struct sockaddr *a, socklen_t l) { REAL(sendto); reach(); return real(fd, p, n, f, a, l); }
ssize_t sendmsg(int fd, const struct msghdr *m, int f) { REAL(sendmsg); reach(); return real(fd, m, f); }
ssize_t copy_file_range(int i, off64_t *io, int o, off64_t *oo, size_t n, unsigned f) { REAL(copy_file_range); reach(); return real(i, io, o, oo, n, f); }
int fsync(int fd) { REAL(fsync); reach(); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); reach(); return real(fd); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); reach(); return real(fd, n); }
int rename(const char *a, const char *b) { REAL(rename); reach(); return real(a, b); }
int renameat(int d, const char *a, int e, const char *b) { REAL(renameat); reach(); return real(d, a, e, b); }
int link(const char *a, const char *b) { REAL(link); reach(); return real(a, b); }
int linkat(int d, const char *a, int e, const char *b, int f) { REAL(linkat); reach(); return real(d, a, e, b, f); }
int unlink(const char *a) { REAL(unlink); reach(); return real(a); }
int unlinkat(int d, const char *a, int f) { REAL(unlinkat); reach(); return real(d, a, f); }
int mkdir(const char *a, mode_t m) { REAL(mkdir); reach(); return real(a, m); }
int rmdir(const char *a) { REAL(rmdir); reach(); return real(a); }
int chmod(const char *a, mode_t m) { REAL(chmod); reach(); return real(a, m); }
int chown(const char *a, uid_t u, gid_t g) { REAL(chown); reach(); return real(a, u, g); }
pid_t waitpid(pid_t p, int *s, int o) { REAL(waitpid); reach(); return real(p, s, o); }
int waitid(idtype_t t, id_t i, siginfo_t *s, int o) { REAL(waitid); reach(); return real(t, i, s, o); }
