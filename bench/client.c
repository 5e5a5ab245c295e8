/* The floor: a blocking client that does the least a guard could do.
 *
 *   client WS_PORT REST_PORT order REQUEST_FILE [tls] [commit=FILE]
 *       reads trade frames; on a price at or below the level it writes the prebuilt request and
 *       reads the answer. commit=FILE: a line of 512 bytes is appended and synced first.
 *   client WS_PORT REST_PORT count REQUEST_FILE
 *       reads frames, looks only at the price, never allocates; the last frame leads to an order.
 *
 * Says "ready" when it is connected; ends when the stream or its input ends. Loopback only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

enum { LEVEL = 69840, LINE = 512, ROOM = 1 << 20 };

static unsigned char frames[ROOM];
static char request[4096], answer[65536], line[LINE];
static int order_socket, log_file = -1;
#ifdef WITH_TLS
static SSL *tls;
#endif

static void fail(const char *what) { perror(what); exit(1); }

static int dial(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void put(const char *data, int size) {
#ifdef WITH_TLS
    if (tls) { if (SSL_write(tls, data, size) != size) fail("SSL_write"); return; }
#endif
    if (write(order_socket, data, size) != size) fail("write");
}

static int take(char *data, int room) {
#ifdef WITH_TLS
    if (tls) return SSL_read(tls, data, room);
#endif
    return read(order_socket, data, room);
}

static void order(int size) {
    if (log_file >= 0) {
        if (write(log_file, line, LINE) != LINE || fdatasync(log_file) != 0) fail("commit");
    }
    put(request, size);
    int got = 0;
    for (;;) {
        int n = take(answer + got, sizeof answer - got - 1);
        if (n <= 0) exit(0);
        got += n;
        answer[got] = 0;
        char *body = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "content-length:");
        if (body && length && got >= body + 4 - answer + atoi(length + 15)) return;
    }
}

/* Returns the price of a trade frame, 0 for any other text. */
static int price_of(const unsigned char *text, size_t size) {
    if (size < 30 || memcmp(text, "0|H0STCNT0|", 11) != 0) return 0;
    const unsigned char *at = memchr(text + 15, '^', size - 15);
    at = at ? memchr(at + 1, '^', size - (at + 1 - text)) : NULL;
    return at ? atoi((const char *)at + 1) : 0;
}

int main(int count, char **words) {
    if (count < 5) { fprintf(stderr, "see the head of client.c\n"); return 2; }
    int stream = dial(atoi(words[1])), wants_tls = 0;
    order_socket = dial(atoi(words[2]));
    FILE *file = fopen(words[4], "rb");
    if (!file) fail("request");
    int size = fread(request, 1, sizeof request, file);
    fclose(file);
    memset(line, 'x', LINE);
    line[LINE - 1] = '\n';
    for (int i = 5; i < count; i++) {
        if (strcmp(words[i], "tls") == 0) wants_tls = 1;
        if (strncmp(words[i], "commit=", 7) == 0) log_file = open(words[i] + 7, O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    if (wants_tls) {
#ifdef WITH_TLS
        SSL_CTX *context = SSL_CTX_new(TLS_client_method());
        tls = SSL_new(context);
        SSL_set_fd(tls, order_socket);
        if (SSL_connect(tls) != 1) fail("SSL_connect");
#else
        fprintf(stderr, "compiled without TLS\n");
        return 2;
#endif
    }
    const char *upgrade = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    if (write(stream, upgrade, strlen(upgrade)) < 0) fail("upgrade");
    size_t have = 0;
    unsigned char *end = NULL;
    while (!end) {
        ssize_t n = read(stream, frames + have, ROOM - have);
        if (n <= 0) fail("upgrade");
        have += n;
        end = memmem(frames, have, "\r\n\r\n", 4);
    }
    have -= end + 4 - frames;
    memmove(frames, end + 4, have);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        size_t at = 0;
        while (have - at >= 2) {
            size_t length = frames[at + 1] & 127, head = 2;
            if (length == 126) {
                if (have - at < 4) break;
                length = frames[at + 2] << 8 | frames[at + 3];
                head = 4;
            }
            if (have - at < head + length) break;
            int price = price_of(frames + at + head, length);
            if (price > 0 && price <= LEVEL) order(size);
            at += head + length;
        }
        memmove(frames, frames + at, have - at);
        have -= at;
        ssize_t n;
        struct pollfd both[2] = {{stream, POLLIN, 0}, {0, POLLIN, 0}};
        if (poll(both, 2, -1) < 0) fail("poll");
        if (both[1].revents) return 0;
        n = read(stream, frames + have, ROOM - have);
        if (n <= 0) return 0;
        have += n;
    }
}
