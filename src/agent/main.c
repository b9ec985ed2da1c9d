/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersign-agent: runs on a server what people signed for. */

#define G_LOG_DOMAIN "cs-agent"

#include "config.h"

#include "cs-agent-setup.h"
#include "cs-agent.h"
#include "cs-certificate.h"
#include "cs-clock.h"
#include "cs-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define DEFAULT_DIRECTORY "/etc/countersign-agent"
#define DEFAULT_STATE "/var/lib/countersign-agent"
#define DEFAULT_LISTEN "0.0.0.0:7443"
/** DEFAULT_OVERLAP: days for which old and new tokens, or certificates, go together */
#define DEFAULT_OVERLAP 7

enum
{
  EXIT_DONE = 0,
  EXIT_NO = 1,
  EXIT_USAGE = 2,
};

static int
fail (GError *error)
{
  fprintf (stderr, "countersign-agent: %s\n", error->message);
  g_error_free (error);
  return EXIT_USAGE;
}

/* Tokens, keys and secrets that pass through must not end in a core file, nor be read by another
 * process of the same user. */
static void
harden (void)
{
  struct rlimit limit;

  prctl (PR_SET_DUMPABLE, 0);
  if (getrlimit (RLIMIT_CORE, &limit) == 0)
    {
      limit.rlim_cur = 0;
      setrlimit (RLIMIT_CORE, &limit);
    }
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

typedef struct
{
  char *directory;
  CsAgentServer *server;
  GMainLoop *loop;
  guint rotation;
} Service;

static void reload (Service *service);

static gboolean
rotate_cb (gpointer user_data)
{
  Service *service = user_data;

  service->rotation = 0;
  reload (service);
  return G_SOURCE_REMOVE;
}

/* A certificate that waits is put in use when its time has come. */
static void
plan_rotation (Service *service, CsAgentConfig *config)
{
  gint64 wait = (config->next_from - cs_clock_now ()) / G_USEC_PER_SEC + 1;

  g_clear_handle_id (&service->rotation, g_source_remove);
  if (config->next != NULL)
    service->rotation =
      g_timeout_add_seconds ((guint) CLAMP (wait, 1, 86400), rotate_cb, service);
}

static void
reload (Service *service)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentConfig) config = cs_agent_config_load (service->directory, &error);

  if (config == NULL)
    {
      g_warning ("The files were not read again, and all stays as it was: %s", error->message);
      return;
    }
  cs_agent_server_set_config (service->server, config);
  plan_rotation (service, config);
  g_message ("The files were read again");
}

static gboolean
hangup_cb (gpointer user_data)
{
  reload (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
stop_cb (gpointer user_data)
{
  Service *service = user_data;

  cs_agent_server_stop (service->server);
  g_main_loop_quit (service->loop);
  return G_SOURCE_CONTINUE;
}

static void
print_addresses (Service *service, CsAgentConfig *config)
{
  g_auto (GStrv) addresses = cs_agent_server_list_addresses (service->server);
  g_autofree char *fingerprint =
    config->certificate != NULL ? cs_certificate_dup_fingerprint (config->certificate) : NULL;

  for (char **address = addresses; *address != NULL; address++)
    printf ("listening on %s://%s %s\n", config->plain ? "http" : "https", *address,
            fingerprint != NULL ? fingerprint : "");
  fflush (stdout);
}

static int
serve (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentConfig) config = cs_agent_config_load (directory, &error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Service service = { .directory = (char *) directory, .loop = loop };

  if (config == NULL)
    return fail (g_steal_pointer (&error));
  harden ();
  service.server = cs_agent_server_new (config, &error);
  if (service.server == NULL)
    return fail (g_steal_pointer (&error));
  if (cs_allowed_signers_get_n_keys (config->signers) == 0)
    g_warning ("%s/" CS_AGENT_SIGNERS_FILE " names nobody, so nobody can run anything", directory);
  plan_rotation (&service, config);
  g_unix_signal_add (SIGHUP, hangup_cb, &service);
  g_unix_signal_add (SIGTERM, stop_cb, &service);
  g_unix_signal_add (SIGINT, stop_cb, &service);
  print_addresses (&service, config);
  g_main_loop_run (loop);
  g_clear_handle_id (&service.rotation, g_source_remove);
  cs_agent_server_free (service.server);
  return EXIT_DONE;
}

static int
check (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentConfig) config = cs_agent_config_load (directory, &error);
  g_autofree char *fingerprint = NULL;

  if (config == NULL)
    return fail (g_steal_pointer (&error));
  if (config->certificate != NULL)
    fingerprint = cs_certificate_dup_fingerprint (config->certificate);
  printf ("id            %s\n", config->id);
  printf ("certificate   %s\n", fingerprint != NULL ? fingerprint : "none (plain HTTP)");
  printf ("people        %u keys\n", cs_allowed_signers_get_n_keys (config->signers));
  printf ("tokens        %u\n", config->tokens->len);
  printf ("environment   %s\n",
          config->policy->environment != NULL ? config->policy->environment : "any");
  printf ("approvals     %s\n", config->policy->require_approvals ? "required" : "not required");
  for (guint i = 0; i < config->policy->roles->len; i++)
    {
      const CsAgentRole *role = g_ptr_array_index (config->policy->roles, i);

      printf ("  %u of %s\n", role->approvals, role->name);
      for (char **person = role->people; *person != NULL; person++)
        if (!cs_allowed_signers_knows (config->signers, *person))
          printf ("    %s has no key in " CS_AGENT_SIGNERS_FILE "\n", *person);
    }
  return EXIT_DONE;
}

static void
print_target (const CsAgentSetup *setup, const char *token, const char *fingerprint)
{
  const char *port = strrchr (setup->listen, ':');

  printf ("The agent is ready. Its files are in %s.\n\n", setup->directory);
  printf ("Say on the computer from which you deploy:\n\n");
  printf ("  countersignctl target add %s --agent %s://%s%s%s%s%s%s\n\n", setup->host,
          setup->plain ? "http" : "https", setup->plain ? "127.0.0.1" : setup->host,
          port != NULL ? port : "", fingerprint != NULL ? " --fingerprint " : "",
          fingerprint != NULL ? fingerprint : "",
          setup->environment != NULL ? " --environment " : "",
          setup->environment != NULL ? setup->environment : "");
  printf ("and give it this token, which is shown once and kept nowhere here:\n\n  %s\n\n", token);
  printf ("Then put the keys of the people who may sign into %s/" CS_AGENT_SIGNERS_FILE
          ",\nsay who has to approve in %s/" CS_AGENT_POLICY_FILE
          ", and start it:\n\n  systemctl enable --now countersign-agent\n",
          setup->directory, setup->directory);
}

static int
init (CsAgentSetup *setup)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (CsAgentConfig) config = NULL;

  if (setup->state == NULL)
    setup->state = g_strdup (DEFAULT_STATE);
  if (setup->listen == NULL)
    setup->listen = g_strdup (setup->plain ? "127.0.0.1:7443" : DEFAULT_LISTEN);
  if (setup->host == NULL)
    setup->host = g_strdup (g_get_host_name ());
  token = cs_agent_setup_init (setup, &error);
  config = token != NULL ? cs_agent_config_load (setup->directory, &error) : NULL;
  if (config == NULL)
    return fail (g_steal_pointer (&error));
  if (config->certificate != NULL)
    fingerprint = cs_certificate_dup_fingerprint (config->certificate);
  print_target (setup, token, fingerprint);
  return EXIT_DONE;
}

static void
setup_clear (CsAgentSetup *setup)
{
  g_free (setup->state);
  g_free (setup->listen);
  g_free (setup->host);
  g_free (setup->environment);
  g_free (setup->signers);
}

static int
rotate_token (const char *directory, const char *name, gboolean metrics, gint64 overlap)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token =
    cs_agent_setup_rotate_token (directory, name, metrics, overlap, &error);

  if (token == NULL)
    return fail (g_steal_pointer (&error));
  printf ("%s\n", token);
  fprintf (stderr, "This is shown once. The tokens before it end in %" G_GINT64_FORMAT " s.%s\n",
           overlap,
           cs_agent_setup_reload (directory) ? "" : " No agent runs here.");
  return EXIT_DONE;
}

static int
rotate_certificate (const char *directory, gint64 overlap)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fingerprint =
    cs_agent_setup_rotate_certificate (directory, overlap, &error);

  if (fingerprint == NULL)
    return fail (g_steal_pointer (&error));
  printf ("%s\n", fingerprint);
  fprintf (stderr,
           "It is used in %" G_GINT64_FORMAT " s. Clients that reach the agent until then learn of "
           "it; give the fingerprint to the others.\n",
           overlap);
  cs_agent_setup_reload (directory);
  return EXIT_DONE;
}

static int
show_usage (FILE *file, int status)
{
  fputs ("usage: countersign-agent COMMAND [OPTION…]\n"
         "\n"
         "  serve                answer requests until told to end\n"
         "  init                 make directory, certificate, token, policy and list of signers\n"
         "  check                say what the files mean, or what is wrong in them\n"
         "  rotate-token         make a new token; the ones before it end after --overlap\n"
         "  rotate-certificate   make a new certificate, used after --overlap\n"
         "\n"
         "  --config DIR         directory of the files (" DEFAULT_DIRECTORY ")\n"
         "  --overlap SECONDS    how long old and new go together (7 days)\n"
         "  init: --state DIR --listen ADDRESS:PORT --host NAME --environment NAME\n"
         "        --signers FILE --plain\n"
         "  rotate-token: --name NAME --metrics\n",
         file);
  return status;
}

int
main (int argc, char *argv[])
{
  g_autofree char *directory = NULL;
  g_autofree char *name = NULL;
  gboolean metrics = FALSE, version = FALSE;
  gint64 overlap = DEFAULT_OVERLAP * 86400;
  CsAgentSetup setup = { 0 };
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &directory, NULL, NULL },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &setup.state, NULL, NULL },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &setup.listen, NULL, NULL },
    { "host", 0, 0, G_OPTION_ARG_STRING, &setup.host, NULL, NULL },
    { "environment", 0, 0, G_OPTION_ARG_STRING, &setup.environment, NULL, NULL },
    { "signers", 0, 0, G_OPTION_ARG_FILENAME, &setup.signers, NULL, NULL },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &setup.plain, NULL, NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "metrics", 0, 0, G_OPTION_ARG_NONE, &metrics, NULL, NULL },
    { "overlap", 0, 0, G_OPTION_ARG_INT64, &overlap, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GError *error = NULL;

  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE); /* what is printed is for people, not for the log */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")))
    return show_usage (stdout, EXIT_DONE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error);
  if (version)
    {
      printf ("countersign-agent %s\n", VERSION);
      return EXIT_DONE;
    }
  if (directory == NULL)
    directory = g_strdup (DEFAULT_DIRECTORY);
  setup.directory = directory;
  if (argc != 2 || overlap < 0)
    return show_usage (stderr, EXIT_USAGE);
  if (g_str_equal (argv[1], "serve"))
    return serve (directory);
  if (g_str_equal (argv[1], "init"))
    {
      int status = init (&setup);

      setup_clear (&setup);
      return status;
    }
  if (g_str_equal (argv[1], "check"))
    return check (directory);
  if (g_str_equal (argv[1], "rotate-token"))
    return rotate_token (directory, name, metrics, overlap);
  if (g_str_equal (argv[1], "rotate-certificate"))
    return rotate_certificate (directory, overlap);
  return show_usage (stderr, EXIT_USAGE);
}
