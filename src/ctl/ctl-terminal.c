/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of OpenSSH, asked on the terminal. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-terminal.h"

#include "cs-error.h"
#include "ctl-print.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_LIMIT 1024
#define CONTROL_C 0x03
#define CONTROL_D 0x04
#define BACKSPACE 0x08
#define DELETE 0x7f

/* The question that was answered last, for as long as the askpass lives. */
typedef struct
{
  char *prompt;
  char *answer;
} Memory;

static void
remember (Memory *memory, const char *prompt, const char *answer)
{
  if (memory->answer != NULL)
    explicit_bzero (memory->answer, strlen (memory->answer));
  g_free (memory->answer);
  g_free (memory->prompt);
  memory->prompt = g_strdup (prompt);
  memory->answer = g_strdup (answer);
}

static void
memory_free (gpointer data, GClosure *closure)
{
  remember (data, NULL, NULL);
  g_free (data);
}

static gboolean
read_line (int fd, char *answer, gsize size)
{
  gsize length = 0;
  char c;

  while (read (fd, &c, 1) == 1)
    {
      if (c == '\n' || c == '\r')
        {
          answer[length] = '\0';
          return TRUE;
        }
      if (c == CONTROL_C || (c == CONTROL_D && length == 0))
        return FALSE;
      if (c == BACKSPACE || c == DELETE)
        {
          while (length > 0 && ((guchar) answer[--length] & 0xc0) == 0x80)
            ;
        }
      else if (length < size - 1)
        answer[length++] = c;
    }
  return FALSE;
}

/* Nothing is shown of what is typed, from before the question on: what was typed too early is
 * thrown away. Ctrl+C is read as a character, so that the terminal always gets its echo back. */
static gboolean
read_hidden (FILE *terminal, const char *prompt, char *answer, gsize size)
{
  int fd = fileno (terminal);
  struct termios before, hidden;
  gboolean answered;

  if (tcgetattr (fd, &before) != 0)
    return FALSE;
  hidden = before;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ICANON | ISIG);
  hidden.c_cc[VMIN] = 1;
  hidden.c_cc[VTIME] = 0;
  tcsetattr (fd, TCSAFLUSH, &hidden);
  ctl_print_text (terminal, prompt);
  fflush (terminal);
  answered = read_line (fd, answer, size);
  fputc ('\n', terminal);
  fflush (terminal);
  tcsetattr (fd, TCSADRAIN, &before);
  return answered;
}

char *
ctl_terminal_ask (const char *prompt, GError **error)
{
  char text[ANSWER_LIMIT];
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  FILE *terminal = fd >= 0 ? fdopen (fd, "r+") : NULL;
  char *answer = NULL;

  if (terminal == NULL)
    {
      if (fd >= 0)
        close (fd);
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                   "There is no terminal to ask on: put the key into an SSH agent");
      return NULL;
    }
  if (read_hidden (terminal, prompt, text, sizeof text))
    answer = g_strdup (text);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "Not answered");
  explicit_bzero (text, sizeof text);
  fclose (terminal);
  return answer;
}

static void
ask_cb (CsAskpass *askpass, const char *prompt, GTask *task, gpointer user_data)
{
  Memory *memory = user_data;
  GError *error = NULL;
  char *answer;

  if (g_strcmp0 (memory->prompt, prompt) == 0)
    {
      g_task_return_pointer (task, g_strdup (memory->answer), g_free);
      return;
    }
  answer = ctl_terminal_ask (prompt, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  remember (memory, prompt, answer);
  g_task_return_pointer (task, answer, g_free);
}

CsAskpass *
ctl_terminal_askpass_new (GError **error)
{
  CsAskpass *askpass = cs_askpass_new (error);

  if (askpass != NULL)
    g_signal_connect_data (askpass, "ask", G_CALLBACK (ask_cb), g_new0 (Memory, 1), memory_free,
                           G_CONNECT_DEFAULT);
  return askpass;
}
