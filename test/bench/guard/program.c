/*
 * The program that the benchmark has supervised.
 *
 *   program FIFO INDEX               says that main() is reached, and waits for its end
 *   program FIFO INDEX print LINES   also prints so many lines first
 *   program FIFO INDEX flood BYTES   at SIGUSR1 prints so many bytes in lines of 100, and says so again
 *   program check LINES FILE...      how many of the lines of a flood are in the files
 *
 * What it says is a line `INDEX PID NANOSECONDS` (CLOCK_MONOTONIC); the FIFO stays open, so that the
 * reader's end of file is the moment at which the last one is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, DIGITS = 10, CHUNK = 655 * LINE };

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void say(int fifo, const char *index, long long at) {
  char text[80];
  int length = snprintf(text, sizeof text, "%s %d %lld\n", index, (int)getpid(), at);
  if (write(fifo, text, length) != length) _exit(3);
}

static void write_all(const char *from, long long length) {
  while (length > 0) {
    ssize_t done = write(1, from, length);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) _exit(4);
    from += done;
    length -= done;
  }
}

/* Lines of 100 bytes: a number of ten digits, a space, filler. */
static void print_lines(long long lines) {
  static char chunk[CHUNK];
  char number[DIGITS];
  memset(number, '0', DIGITS);
  memset(chunk, 'x', CHUNK);
  for (int at = 0; at < CHUNK; at += LINE) {
    chunk[at + DIGITS] = ' ';
    chunk[at + LINE - 1] = '\n';
  }
  while (lines > 0) {
    int used = 0;
    for (; used < CHUNK && lines > 0; used += LINE, lines--) {
      memcpy(chunk + used, number, DIGITS);
      int digit = DIGITS - 1;
      while (++number[digit] > '9') number[digit--] = '0';
    }
    write_all(chunk, used);
  }
}

/* Whatever stands before the number of a line (a time, a tag) is not looked at. */
static int check(long long lines, char **files) {
  char *seen = calloc(lines, 1);
  long long whole = 0, damaged = 0, twice = 0;
  for (; *files; files++) {
    int fd = open(*files, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) < 0) return 5;
    if (info.st_size == 0) continue;
    char *text = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED) return 6;
    for (char *line = text, *end = text + info.st_size; line < end;) {
      char *stop = memchr(line, '\n', end - line);
      if (!stop) stop = end;
      char *body = stop - (LINE - 1);
      long long number = 0;
      int good = body >= line && body[DIGITS] == ' ';
      for (int i = 0; good && i < DIGITS; i++) {
        good = body[i] >= '0' && body[i] <= '9';
        number = number * 10 + (body[i] - '0');
      }
      for (int i = DIGITS + 1; good && i < LINE - 1; i++) good = body[i] == 'x';
      if (!good || number >= lines) damaged++;
      else if (seen[number]++) twice++;
      else whole++;
      line = stop + 1;
    }
    munmap(text, info.st_size);
    close(fd);
  }
  printf("%lld %lld %lld\n", whole, damaged, twice);
  return 0;
}

int main(int count, char **words) {
  long long begin = now();
  if (count > 3 && strcmp(words[1], "check") == 0) return check(atoll(words[2]), words + 3);
  if (count < 3) return 2;
  int fifo = open(words[1], O_WRONLY | O_CLOEXEC);
  if (fifo < 0) return 2;
  int flood = count > 4 && strcmp(words[3], "flood") == 0, signal;
  sigset_t go;
  sigemptyset(&go);
  sigaddset(&go, SIGUSR1);
  if (flood) sigprocmask(SIG_BLOCK, &go, NULL);
  say(fifo, words[2], begin);
  if (count > 4) {
    long long amount = atoll(words[4]);
    if (flood) sigwait(&go, &signal);
    print_lines(flood ? amount / LINE : amount);
    if (flood) say(fifo, words[2], now());
  }
  for (;;) pause();
}
