/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fleets on the command line: made from options, and shown. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-fleet.h"

#include "cs-error.h"
#include "cs-member.h"
#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

/* The names of a list with commas, as lines. */
static GPtrArray *
members_of_names (const char *names, GError **error)
{
  g_autofree char *lines = g_strdelimit (g_strdup (names), ",", '\n');

  return cs_member_parse_list (lines, error);
}

static GPtrArray *
members_of_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) local = NULL;
  GPtrArray *members;

  if (!g_file_get_contents (path, &text, &length, &local))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_NOT_FOUND, local->message);
      return NULL;
    }
  if (strlen (text) != length || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s is no text in UTF-8", path);
      return NULL;
    }
  members = cs_member_parse_list (text, error);
  if (members == NULL)
    g_prefix_error (error, "%s: ", path);
  return members;
}

CsTarget *
ctl_fleet_new (const char *name,
               const CtlFleetOptions *options,
               const char *environment,
               GError **error)
{
  CsBatching batching = CS_BATCHING_INIT;
  g_autoptr (GPtrArray) members = NULL;

  if ((options->names == NULL) == (options->members == NULL))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "Give the members of a fleet either by --fleet or by --members");
      return NULL;
    }
  if (!cs_batching_parse (&batching, options->batch, options->pause, options->stop_after, error))
    return NULL;
  members = options->names != NULL ? members_of_names (options->names, error)
                                   : members_of_file (options->members, error);
  return members != NULL ? cs_target_new_fleet (name, members, &batching, environment, error)
                         : NULL;
}

void
ctl_fleet_print (CsTarget *target)
{
  const CsBatching *batching = cs_target_get_batching (target);
  GListModel *members = cs_target_get_members (target);
  guint n = g_list_model_get_n_items (members);
  g_autofree char *size = cs_batching_dup_size (batching);
  g_autofree char *pause = cs_batching_dup_pause (batching);

  ctl_print (stdout, "Batches:     %s", size);
  printf (" (%u of %u members)", MIN (cs_batching_count (batching, n), n), n);
  ctl_print (stdout, ", pause %s", pause);
  printf (", stop after %u failed\n", batching->stop_after);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);
      CsTarget *inner = cs_member_get_target (member);
      g_autofree char *address = inner != NULL ? cs_target_dup_address (inner) : NULL;

      printf ("Member:      %d", cs_member_get_rank (member));
      ctl_print (stdout, "\t%s\t%s\t%s\n", cs_member_get_name (member),
                 inner != NULL ? cs_target_kind_to_string (cs_target_get_kind (inner)) : "target",
                 address != NULL ? address : "-");
    }
}

CsTarget *
ctl_fleet_find (Ctl *ctl, const char *word, GError **error)
{
  const char *slash = strchr (word, '/');
  g_autofree char *name = slash != NULL ? g_strndup (word, slash - word) : g_strdup (word);
  CsTarget *target = ctl_find_target (ctl, name, error);
  g_autoptr (CsTarget) fleet = NULL;
  GListModel *members;

  if (target == NULL || slash == NULL)
    return target != NULL ? g_object_ref (target) : NULL;
  if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    {
      fleet = cs_target_resolve (target, cs_workspace_get_targets (ctl->workspace), error);
      if (fleet == NULL)
        return NULL;
    }
  members = fleet != NULL ? cs_target_get_members (fleet) : NULL;
  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      if (g_str_equal (cs_member_get_name (member), slash + 1))
        return g_object_ref (cs_member_get_target (member));
    }
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "%s has no member “%s”", name, slash + 1);
  return NULL;
}

CtlStatus
ctl_fleet_test (Ctl *ctl, CsTarget *fleet)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) resolved =
    cs_target_resolve (fleet, cs_workspace_get_targets (ctl->workspace), &error);
  GListModel *members;
  CtlStatus worst = CTL_DONE;

  if (resolved == NULL)
    return ctl_fail (error);
  members = cs_target_get_members (resolved);
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);
      g_autofree char *name = g_strdup_printf ("%s/%s", cs_target_get_name (fleet),
                                               cs_member_get_name (member));
      CtlStatus status = ctl_target_try (ctl, cs_member_get_target (member), name);

      worst = MAX (worst, status);
    }
  return worst;
}
