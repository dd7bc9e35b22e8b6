// A store that keeps nothing: takes uploads over HTTP/1.1 as S3 does, one thread a connection, reads every byte into memory
// as any server must, counts it and forgets it. Says its port on standard output; when standard input ends, says what it
// counted, and ends.
//
//   sink [--pace BYTES_PER_SECOND_AND_CONNECTION] [--tls CERTIFICATE KEY]

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

enum { HEAD_SIZE = 64 * 1024, BODY_SIZE = 256 * 1024 };

static atomic_llong body_bytes, requests, object_bytes;
static double pace;

#ifdef WITH_TLS
static SSL_CTX *tls;
#endif

struct connection {
  int socket;
#ifdef WITH_TLS
  SSL *ssl;
#endif
  char head[HEAD_SIZE + 1];
  size_t filled;
  char body[BODY_SIZE];
};

static ssize_t receive(struct connection *c, char *target, size_t size) {
#ifdef WITH_TLS
  if (c->ssl) return SSL_read(c->ssl, target, (int)size);
#endif
  return recv(c->socket, target, size, 0);
}

static int say(struct connection *c, const char *text, size_t size) {
#ifdef WITH_TLS
  if (c->ssl) return SSL_write(c->ssl, text, (int)size) == (int)size;
#endif
  return send(c->socket, text, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static const char *header(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') return line + 3 + length + strspn(line + 3 + length, " ");
  return NULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void keep_pace(double started, long long moved) {
  double early = moved / pace - (seconds() - started);
  if (early > 0) usleep((useconds_t)(early * 1e6));
}

// Reads the head of the next request; what was read past it stays. Answers its length, 0 at the end of the connection.
static size_t read_head(struct connection *c) {
  for (;;) {
    c->head[c->filled] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (end) return (size_t)(end - c->head) + 4;
    if (c->filled == HEAD_SIZE) return 0;
    ssize_t got = receive(c, c->head + c->filled, HEAD_SIZE - c->filled);
    if (got <= 0) return 0;
    c->filled += (size_t)got;
  }
}

static int read_body(struct connection *c, long long left) {
  double started = seconds();
  long long moved = 0;
  while (moved < left) {
    long long most = left - moved < BODY_SIZE ? left - moved : BODY_SIZE;
    ssize_t got = receive(c, c->body, (size_t)most);
    if (got <= 0) return 0;
    moved += got;
    if (pace > 0) keep_pace(started, moved);
  }
  return 1;
}

static int answer(struct connection *c, const char *status, const char *body) {
  char text[1024];
  int size = snprintf(text, sizeof text,
                      "HTTP/1.1 %s\r\nETag: \"00000000000000000000000000000000\"\r\nContent-Type: application/xml\r\n"
                      "Content-Length: %zu\r\n\r\n%s", status, strlen(body), body);
  return say(c, text, (size_t)size);
}

// What S3 answers to the calls around an upload in parts; its body to a PUT is empty.
static int answer_request(struct connection *c, const char *head, long long size) {
  int posted = strncmp(head, "POST ", 5) == 0;
  char line[4096];
  sscanf(head, "%4095[^\r]", line);
  if (strncmp(head, "HEAD ", 5) == 0) {
    char text[256];
    long long known = atomic_load(&object_bytes);
    if (known == 0) return say(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45);
    int written = snprintf(text, sizeof text,
                           "HTTP/1.1 200 OK\r\nETag: \"00000000000000000000000000000000-1\"\r\nContent-Length: %lld\r\n\r\n", known);
    return say(c, text, (size_t)written);
  }
  if (posted && strstr(line, "uploadId="))
    return answer(c, "200 OK", "<CompleteMultipartUploadResult><ETag>\"00000000000000000000000000000000-1\"</ETag></CompleteMultipartUploadResult>");
  if (posted && strstr(line, "uploads")) {
    atomic_store(&object_bytes, 0);
    return answer(c, "200 OK", "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>");
  }
  if (posted || strncmp(head, "PUT ", 4) == 0) {
    atomic_fetch_add(&body_bytes, size);
    atomic_fetch_add(&object_bytes, size);
    return answer(c, "200 OK", "");
  }
  return answer(c, "404 Not Found", "");
}

static int serve_one(struct connection *c) {
  size_t length = read_head(c);
  if (length == 0) return 0;
  char head[HEAD_SIZE + 1];
  memcpy(head, c->head, length);
  head[length] = 0;
  c->filled -= length;
  memmove(c->head, c->head + length, c->filled);
  const char *given = header(head, "content-length");
  if (header(head, "transfer-encoding")) return answer(c, "411 Length Required", "") && 0;
  long long size = given ? atoll(given) : 0;
  const char *expect = header(head, "expect");
  if (expect && strncasecmp(expect, "100-continue", 12) == 0 && c->filled == 0 && !say(c, "HTTP/1.1 100 Continue\r\n\r\n", 25)) return 0;
  long long early = (long long)c->filled < size ? (long long)c->filled : size;
  c->filled -= (size_t)early;
  memmove(c->head, c->head + early, c->filled);
  if (!read_body(c, size - early)) return 0;
  atomic_fetch_add(&requests, 1);
  return answer_request(c, head, size);
}

static void *serve(void *given) {
  struct connection *c = given;
  int ready = 1;
#ifdef WITH_TLS
  if (tls) {
    c->ssl = SSL_new(tls);
    SSL_set_fd(c->ssl, c->socket);
    ready = SSL_accept(c->ssl) == 1;
  }
#endif
  while (ready && serve_one(c)) continue;
#ifdef WITH_TLS
  if (c->ssl) SSL_free(c->ssl);
#endif
  close(c->socket);
  free(c);
  return NULL;
}

static void *take_connections(void *given) {
  int listener = *(int *)given, on = 1;
  for (;;) {
    struct connection *c = calloc(1, sizeof *c);
    c->socket = accept(listener, NULL, NULL);
    if (c->socket < 0) exit(1);
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, c) != 0) exit(1);
    pthread_detach(thread);
  }
}

static void read_arguments(int count, char **arguments) {
  for (int at = 1; at < count; at++) {
    if (strcmp(arguments[at], "--pace") == 0 && at + 1 < count) pace = atof(arguments[++at]);
#ifdef WITH_TLS
    else if (strcmp(arguments[at], "--tls") == 0 && at + 2 < count) {
      tls = SSL_CTX_new(TLS_server_method());
      if (SSL_CTX_use_certificate_chain_file(tls, arguments[at + 1]) != 1) exit(2);
      if (SSL_CTX_use_PrivateKey_file(tls, arguments[at + 2], SSL_FILETYPE_PEM) != 1) exit(2);
      at += 2;
    }
#endif
    else exit(2);
  }
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  read_arguments(count, arguments);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 64) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  pthread_t thread;
  pthread_create(&thread, NULL, take_connections, &listener);
  while (getchar() != EOF) continue;
  printf("{\"requests\":%lld,\"bytes\":%lld}\n", atomic_load(&requests), atomic_load(&body_bytes));
  return 0;
}
