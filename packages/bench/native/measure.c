// Runs a program and says what it took, its children included: seconds, CPU seconds, and the most memory that it held at once.
// What the program prints is dropped; its complaints are not.
//
//   measure PROGRAM [ARGUMENT]…

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double of(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int count, char **arguments) {
  if (count < 2) return 2;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) return 1;
  clock_gettime(CLOCK_MONOTONIC, &after);
  double seconds = after.tv_sec - before.tv_sec + (after.tv_nsec - before.tv_nsec) / 1e9;
  printf("{\"seconds\":%f,\"cpuSeconds\":%f,\"peakBytes\":%ld}\n", seconds, of(used.ru_utime) + of(used.ru_stime), used.ru_maxrss * 1024L);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
