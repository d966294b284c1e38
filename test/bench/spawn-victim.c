/* Says on descriptor 3 when main() began; at a byte on 4 says when it dies, and dies. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

static void say(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long long ns = now.tv_sec * 1000000000LL + now.tv_nsec;
  if (write(3, &ns, sizeof ns) != sizeof ns) _exit(1);
}

int main(void) {
  char byte;
  say();
  if (read(4, &byte, 1) != 1) return 1;
  say();
  kill(getpid(), SIGKILL);
}
