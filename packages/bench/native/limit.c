// How fast a file can be sent in parts at all: no more than the calls of the system, the kernel moving every byte (sendfile).
//
//   limit PORT FILE PART_SIZE IN_FLIGHT

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int port, file;
static long long size, part_size;
static atomic_llong next_part;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void send_part(int connection, long long number, long long from, long long to) {
  char text[512];
  int length = snprintf(text, sizeof text, "PUT /part?partNumber=%lld HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %lld\r\n\r\n",
                        number + 1, to - from);
  if (send(connection, text, (size_t)length, MSG_MORE) != length) fail("send");
  for (off_t at = from; at < to;)
    if (sendfile(connection, file, &at, (size_t)(to - at)) <= 0) fail("sendfile");
  for (size_t got = 0; got < 4 || memcmp(text + got - 4, "\r\n\r\n", 4) != 0;) {
    ssize_t more = recv(connection, text + got, sizeof text - got, 0);
    if (more <= 0) fail("recv");
    got += (size_t)more;
  }
}

static void *lane(void *unused) {
  (void)unused;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  for (;;) {
    long long number = atomic_fetch_add(&next_part, 1), from = number * part_size;
    if (from >= size) break;
    send_part(connection, number, from, from + part_size < size ? from + part_size : size);
  }
  close(connection);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  port = atoi(arguments[1]);
  file = open(arguments[2], O_RDONLY);
  part_size = atoll(arguments[3]);
  int in_flight = atoi(arguments[4]);
  struct stat state;
  if (file < 0 || fstat(file, &state) != 0) fail(arguments[2]);
  size = state.st_size;
  pthread_t lanes[64];
  if (in_flight < 1 || in_flight > 64) return 2;
  for (int at = 0; at < in_flight; at++) pthread_create(&lanes[at], NULL, lane, NULL);
  for (int at = 0; at < in_flight; at++) pthread_join(lanes[at], NULL);
  return 0;
}
