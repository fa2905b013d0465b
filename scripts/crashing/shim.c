/* Preloaded: counts what processes change below one folder, and ends them, or fills their disk, at the n-th change.

   CRASH_UNDER   the folder (absolute, no links in it)
   CRASH_COUNTER a file of eight bytes that all processes of one trial count in
   CRASH_MODE    count, kill (the process group, by SIGKILL) or full (ENOSPC from the n-th change on)
   CRASH_AT      n, from 1
   CRASH_TORN    1: of a write that is hit, the first half is written

   A process that has been started already reads them again when crash_arm() is called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FULL };
static int mode, torn;
static long at;
static char under[PATH_MAX];
static size_t under_length;
static _Atomic long *counter;

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) void crash_arm(void) {
  const char *told = getenv("CRASH_MODE"), *folder = getenv("CRASH_UNDER"), *file = getenv("CRASH_COUNTER");
  const char *n = getenv("CRASH_AT"), *half = getenv("CRASH_TORN");
  mode = OFF;
  if (!told || !folder || !file) return;
  int fd = open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *shared = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared == MAP_FAILED) return;
  counter = shared;
  snprintf(under, sizeof under, "%s/", folder);
  under_length = strlen(under);
  at = n ? atol(n) : 0;
  torn = half && *half == '1';
  mode = !strcmp(told, "kill") ? KILL : !strcmp(told, "full") ? FULL : COUNT;
}

static int is_below(const char *path) { return strncmp(path, under, under_length) == 0; }

static int by_handle(int fd, char *path) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 2);
  if (length < 0) return 0;
  path[length] = '\0';
  return 1;
}

static int is_ours(int fd) {
  char path[PATH_MAX];
  return mode != OFF && by_handle(fd, path) && is_below(path);
}

static int names_ours(int folder, const char *name) {
  char path[PATH_MAX];
  if (mode == OFF || !name) return 0;
  if (name[0] == '/') return is_below(name);
  if (folder == AT_FDCWD ? !getcwd(path, PATH_MAX - 2) : !by_handle(folder, path)) return 0;
  strcat(path, "/");
  return is_below(path);
}

/* One change more: whether it is the one that is hit, or comes after it. */
static int is_hit(int *first) {
  long n = atomic_fetch_add(counter, 1) + 1;
  *first = n == at;
  return mode > COUNT && n >= at;
}

static void die(void) {
  kill(0, SIGKILL);
  for (;;) pause();
}

/* What comes of a change other than a write: nothing, or the end; a full disk refuses what needs room. */
static int refused(int ours, int needs_room) {
  int saved = errno, first;
  if (!ours || !is_hit(&first)) {
    errno = saved;
    return 0;
  }
  if (mode == KILL) die();
  errno = needs_room ? ENOSPC : saved;
  return needs_room;
}

#define WRITING(ours, length, partly)                         \
  int saved = errno, first;                                   \
  if ((ours) && is_hit(&first)) {                             \
    ssize_t half = 0;                                         \
    if (first && torn && (length) > 1) half = (partly);       \
    if (mode == KILL) die();                                  \
    if (half > 0) return half;                                \
    errno = ENOSPC;                                           \
    return -1;                                                \
  }                                                           \
  errno = saved

ssize_t write(int fd, const void *from, size_t length) {
  REAL(write);
  WRITING(is_ours(fd), length, real(fd, from, length / 2));
  return real(fd, from, length);
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t offset) {
  REAL(pwrite);
  WRITING(is_ours(fd), length, real(fd, from, length / 2, offset));
  return real(fd, from, length, offset);
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t offset) {
  REAL(pwrite64);
  WRITING(is_ours(fd), length, real(fd, from, length / 2, offset));
  return real(fd, from, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  WRITING(is_ours(fd), count, real(fd, parts, count / 2));
  return real(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(pwritev);
  WRITING(is_ours(fd), count, real(fd, parts, count / 2, offset));
  return real(fd, parts, count, offset);
}

ssize_t copy_file_range(int from, off64_t *from_at, int fd, off64_t *to_at, size_t length, unsigned flags) {
  REAL(copy_file_range);
  WRITING(is_ours(fd), length, real(from, from_at, fd, to_at, length / 2, flags));
  return real(from, from_at, fd, to_at, length, flags);
}

#define CHANGE(type, name, needs_room, ours, parameters, ...) \
  type name parameters {                                      \
    REAL(name);                                               \
    if (refused(ours, needs_room)) return -1;                 \
    return real(__VA_ARGS__);                                 \
  }

CHANGE(int, fsync, 0, is_ours(fd), (int fd), fd)
CHANGE(int, fdatasync, 0, is_ours(fd), (int fd), fd)
CHANGE(int, ftruncate, 1, is_ours(fd), (int fd, off_t to), fd, to)
CHANGE(int, ftruncate64, 1, is_ours(fd), (int fd, off64_t to), fd, to)
CHANGE(int, fallocate, 1, is_ours(fd), (int fd, int how, off_t from, off_t length), fd, how, from, length)
CHANGE(int, rename, 0, names_ours(AT_FDCWD, from), (const char *from, const char *to), from, to)
CHANGE(int, renameat, 0, names_ours(a, from), (int a, const char *from, int b, const char *to), a, from, b, to)
CHANGE(int, renameat2, 0, names_ours(a, from), (int a, const char *from, int b, const char *to, unsigned how), a, from,
       b, to, how)
CHANGE(int, link, 0, names_ours(AT_FDCWD, from), (const char *from, const char *to), from, to)
CHANGE(int, linkat, 0, names_ours(a, from), (int a, const char *from, int b, const char *to, int how), a, from, b, to,
       how)
CHANGE(int, unlink, 0, names_ours(AT_FDCWD, name), (const char *name), name)
CHANGE(int, unlinkat, 0, names_ours(folder, name), (int folder, const char *name, int how), folder, name, how)
CHANGE(int, rmdir, 0, names_ours(AT_FDCWD, name), (const char *name), name)
CHANGE(int, mkdir, 1, names_ours(AT_FDCWD, name), (const char *name, mode_t bits), name, bits)
