/*
 * The limit that supervisors are measured against: the least that starts programs, restarts them at
 * once and pumps their output through a pipe into a rotated file. It judges nothing and forgets all.
 *
 *   floor DIRECTORY ROTATE COUNT AUTOSTART PROGRAM FIFO [WORD...]
 *
 * runs `PROGRAM FIFO INDEX WORD...`. On standard input: `u [INDEX]` starts, `d` stops all, `s [INDEX]`
 * answers with one line for each program and a dot, the end of input or `x` stops all and ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE = 1 << 16, SIGNALS = -1, COMMANDS = -2 };

struct program {
  pid_t pid;
  int wanted, from, to, file, rotated;
  long long size;
};

static struct program *programs;
static int count, alive, ending, epoll, signals;
static const char *directory;
static char **words;
static long long rotate;
static char buffer[PIPE];

static void watch(int fd, int what) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = (unsigned long long)(long long)what};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void start(int index) {
  struct program *one = programs + index;
  one->wanted = 1;
  if (one->pid) return;
  char number[16];
  snprintf(number, sizeof number, "%d", index);
  words[2] = number;
  pid_t pid = vfork();
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    dup2(one->to, 1);
    dup2(one->to, 2);
    execv(words[0], words);
    _exit(127);
  }
  if (pid < 0) exit(3);
  one->pid = pid;
  alive++;
}

static void reap(void) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) continue;
  pid_t pid;
  while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
    for (int i = 0; i < count; i++) {
      if (programs[i].pid != pid) continue;
      programs[i].pid = 0;
      alive--;
      if (programs[i].wanted) start(i);
      break;
    }
  }
}

static void stop(void) {
  for (int i = 0; i < count; i++) {
    programs[i].wanted = 0;
    if (programs[i].pid) kill(programs[i].pid, SIGTERM);
  }
}

static void pump(int index) {
  struct program *one = programs + index;
  ssize_t length = read(one->from, buffer, sizeof buffer);
  if (length <= 0) return;
  if (rotate && one->file >= 0 && one->size + length > rotate) {
    char now[4096], then[4200];
    snprintf(now, sizeof now, "%s/%d.log", directory, index);
    snprintf(then, sizeof then, "%s.%d", now, ++one->rotated);
    rename(now, then);
    close(one->file);
    one->file = -1;
  }
  if (one->file < 0) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.log", directory, index);
    one->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    one->size = 0;
  }
  for (ssize_t at = 0; at < length;) {
    ssize_t done = write(one->file, buffer + at, length - at);
    if (done < 0) exit(4);
    at += done;
  }
  one->size += length;
}

static void answer(int first, int last) {
  static char text[1 << 16];
  int length = 0;
  for (int i = first; i <= last; i++)
    length += snprintf(text + length, sizeof text - length, "%d %d\n", i, (int)programs[i].pid);
  length += snprintf(text + length, sizeof text - length, ".\n");
  if (write(1, text, length) != length) exit(5);
}

static void obey(char *line) {
  int one = line[1] == ' ' ? atoi(line + 2) : -1;
  int first = one < 0 ? 0 : one, last = one < 0 ? count - 1 : one;
  if (last >= count) return;
  if (line[0] == 'u') for (int i = first; i <= last; i++) start(i);
  if (line[0] == 'd') stop();
  if (line[0] == 's') answer(first, last);
  if (line[0] == 'x') ending = 1, stop();
}

static void commands(void) {
  char text[4096];
  ssize_t length = read(0, text, sizeof text - 1);
  if (length <= 0) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, 0, NULL);
    ending = 1;
    stop();
    return;
  }
  text[length] = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) obey(line);
}

int main(int argc, char **argv) {
  if (argc < 7) return 2;
  directory = argv[1];
  rotate = atoll(argv[2]);
  count = atoi(argv[3]);
  /* PROGRAM FIFO INDEX WORD...: one place more than was given. */
  words = calloc(argc, sizeof *words);
  words[0] = argv[5];
  words[1] = argv[6];
  for (int i = 7; i < argc; i++) words[i - 4] = argv[i];
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(signals, SIGNALS);
  watch(0, COMMANDS);
  programs = calloc(count, sizeof *programs);
  for (int i = 0; i < count; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return 3;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (count == 1) fcntl(ends[0], F_SETPIPE_SZ, PIPE);
    programs[i].from = ends[0];
    programs[i].to = ends[1];
    programs[i].file = -1;
    watch(ends[0], i);
  }
  if (argv[4][0] == '1') for (int i = 0; i < count; i++) start(i);
  while (!ending || alive) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      int what = (int)(long long)events[i].data.u64;
      if (what == SIGNALS) reap();
      else if (what == COMMANDS) commands();
      else pump(what);
    }
  }
  return 0;
}
