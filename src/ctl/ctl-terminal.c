/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets and questions of OpenSSH, asked for on the terminal. */

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

/* The first line. */
static char *
read_secret_line (int fd, GError **error)
{
  char text[ANSWER_LIMIT];
  gsize length = 0;
  gssize n = 0;
  char *secret;

  while (length < sizeof text - 1 && (n = read (fd, text + length, sizeof text - 1 - length)) > 0)
    length += (gsize) n;
  text[length] = '\0';
  text[strcspn (text, "\r\n")] = '\0';
  secret = g_strdup (g_strstrip (text));
  explicit_bzero (text, sizeof text);
  if (n >= 0 && secret[0] != '\0')
    return secret;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Nothing secret could be read: %s",
               n < 0 ? g_strerror (errno) : "there was none");
  cs_secret_free (secret);
  return NULL;
}

char *
ctl_terminal_take (const char *prompt, const char *fd, GError **error)
{
  guint64 number = 0;

  if (fd != NULL && !g_ascii_string_to_unsigned (fd, 10, 0, 1023, &number, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the number of a descriptor", fd);
      return NULL;
    }
  if (fd != NULL)
    return read_secret_line ((int) number, error);
  return isatty (STDIN_FILENO) ? ctl_terminal_ask (prompt, error)
                               : read_secret_line (STDIN_FILENO, error);
}

/* One line that may be seen. */
static gboolean
ask_yes (const char *question)
{
  char answer[8] = "";
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  FILE *terminal = fd >= 0 ? fdopen (fd, "r+") : NULL;
  gboolean yes = FALSE;

  if (terminal == NULL)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  ctl_print_text (terminal, question);
  fflush (terminal);
  if (read_line (fd, answer, sizeof answer))
    yes = g_ascii_tolower (answer[0]) == 'y';
  fclose (terminal);
  return yes;
}

static char *
build_prompt (CsPassphraseQuestion *question)
{
  const char *key = cs_passphrase_question_get_key (question);
  guint tries = cs_passphrase_question_get_tries (question);

  if (key == NULL)
    return g_strdup (cs_passphrase_question_get_prompt (question));
  if (!cs_passphrase_question_get_wrong (question))
    return g_strdup_printf ("Passphrase of %s: ", key);
  return g_strdup_printf (tries > 1 ? "That was wrong. %u tries are left within the hour.\n"
                                      "Passphrase of %s: "
                                    : "That was wrong. %u try is left within the hour.\n"
                                      "Passphrase of %s: ",
                          tries, key);
}

static gboolean
ask_remember (CsPassphraseQuestion *question)
{
  static gboolean told;

  if (cs_passphrase_question_get_key (question) == NULL)
    return FALSE;
  if (cs_passphrase_question_get_problem (question) != NULL)
    {
      if (!told)
        fputs ("countersignctl: No keyring answers here, so it is not remembered.\n", stderr);
      told = TRUE;
      return FALSE;
    }
  return ask_yes ("Remember it in the keyring, if it is right? [y/N] ");
}

static void
ask_cb (CsPassphrases *passphrases, CsPassphraseQuestion *question, gpointer user_data)
{
  g_autofree char *prompt = build_prompt (question);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSecret) answer = ctl_terminal_ask (prompt, &error);

  if (answer != NULL)
    cs_passphrase_question_answer (question, answer, ask_remember (question));
  else
    cs_passphrase_question_refuse (question, error->message);
}

void
ctl_terminal_attach (CsPassphrases *passphrases)
{
  g_signal_connect (passphrases, "ask", G_CALLBACK (ask_cb), NULL);
}
