/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersign-askpass PROMPT: hands a question of OpenSSH to Countersign and prints the answer.
 *
 * Plain C, because it is started by programs that hold private keys: it does as little as possible.
 * Status 0: answered. Status 1: refused, or nobody listens. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_LIMIT 4096

static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (path == NULL || strlen (path) >= sizeof address.sun_path)
    return -1;
  memcpy (address.sun_path, path, strlen (path));
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static int
send_text (int fd, const char *text)
{
  size_t length = strlen (text);

  while (length > 0)
    {
      ssize_t n = send (fd, text, length, MSG_NOSIGNAL);

      if (n <= 0)
        return -1;
      text += n;
      length -= (size_t) n;
    }
  return 0;
}

/* Who asks, on a line of its own, and what. */
static int
send_prompt (int fd, const char *prompt)
{
  const char *asker = getenv ("COUNTERSIGN_ASKPASS_ASKER");

  if (send_text (fd, asker != NULL ? asker : "") != 0 || send_text (fd, "\n") != 0 ||
      send_text (fd, prompt) != 0)
    return -1;
  return shutdown (fd, SHUT_WR);
}

static ssize_t
receive_answer (int fd, char *answer, size_t size)
{
  size_t length = 0;
  ssize_t n;

  while (length < size && (n = read (fd, answer + length, size - length)) > 0)
    length += (size_t) n;
  return length > 0 && answer[0] == '+' ? (ssize_t) length - 1 : -1;
}

int
main (int argc, char *argv[])
{
  const char *hint = getenv ("SSH_ASKPASS_PROMPT");
  char answer[ANSWER_LIMIT + 1];
  ssize_t length;
  int fd, status = 1;

  /* "Touch your security key" is a notice, not a question. */
  if (hint != NULL && strcmp (hint, "none") == 0)
    return 0;
  fd = connect_to (getenv ("COUNTERSIGN_ASKPASS_SOCKET"));
  if (fd < 0 || send_prompt (fd, argc > 1 ? argv[1] : "") != 0)
    return 1;
  length = receive_answer (fd, answer, sizeof answer);
  if (length >= 0 && fwrite (answer + 1, 1, (size_t) length, stdout) == (size_t) length &&
      putchar ('\n') == '\n' && fflush (stdout) == 0)
    status = 0;
  explicit_bzero (answer, sizeof answer);
  return status;
}
