/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl company show */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-company-flag.h"
#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-print.h"

static const CsCompanyFlag *
find (CsFlag *flag, const char *company, gboolean history, GPtrArray *found, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  CsCompanyFlag *one;

  if (history)
    cs_company_flag_find_history_async (flag, company, NULL, ctl_ready_cb, &result);
  else
    cs_company_flag_find_async (flag, company, NULL, ctl_ready_cb, &result);
  one = cs_company_flag_find_finish (flag, ctl_wait (&result), error);
  if (one != NULL)
    g_ptr_array_add (found, one);
  return one;
}

/* Of CsCompanyFlag, by key. listed: the company is on the list, or named by a flag. */
static GPtrArray *
find_all (Ctl *ctl, const char *company, gboolean history, gboolean *listed, GError **error)
{
  g_autoptr (GPtrArray) flags = ctl_load_flags (ctl, error);
  g_autoptr (GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_company_flag_free);

  for (guint i = 0; flags != NULL && i < flags->len; i++)
    {
      const CsCompanyFlag *one = find (flags->pdata[i], company, history, found, error);

      if (one == NULL)
        return NULL;
      *listed |= one->pinned != 0 || (one->on && one->cause != CS_COMPANY_EVERYONE);
    }
  return flags != NULL ? g_steal_pointer (&found) : NULL;
}

/* Whether the flag is another one for the company from the next promotion on. */
static gboolean
is_pin_to_come (const CsCompanyFlag *one)
{
  return (one->pinned == 1 && !one->on) || (one->pinned == -1 && one->on);
}

static JsonArray *
list_people (const CsCompanyFlag *one)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < one->signed_by->len; i++)
    json_array_add_string_element (array, one->signed_by->pdata[i]);
  return array;
}

static JsonArray *
list_overrides (const CsCompanyFlag *one)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < one->overrides->len; i++)
    {
      const CsFlagOverride *override = one->overrides->pdata[i];
      JsonObject *object = json_object_new ();
      g_autofree char *gates = g_strjoinv (",", override->gates);

      json_object_set_string_member (object, "by", override->by);
      ctl_set_text (object, "reason", override->reason);
      json_object_set_string_member (object, "gates", gates);
      json_array_add_object_element (array, object);
    }
  return array;
}

/* Each change made of it what it was not before. */
static JsonArray *
list_changes (const CsCompanyFlag *one)
{
  JsonArray *array = json_array_new ();
  gboolean on = one->on;

  for (guint i = 0; i < one->changes->len; i++, on = !on)
    {
      const CsFlagChange *change = one->changes->pdata[i];
      JsonObject *object = json_object_new ();

      json_object_set_boolean_member (object, "on", on);
      json_object_set_string_member (object, "act", cs_flag_act_to_string (change->act));
      ctl_set_text (object, "by", change->by);
      ctl_set_text (object, "reason", change->reason);
      ctl_set_time (object, "at", change->at);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
flag_to_json (const CsCompanyFlag *one, gboolean history)
{
  JsonObject *object = json_object_new ();
  const CsFlagChange *change = one->change;

  json_object_set_string_member (object, "key", cs_flag_get_key (one->flag));
  json_object_set_string_member (object, "environment", cs_flag_get_environment (one->flag));
  json_object_set_boolean_member (object, "on", one->on);
  json_object_set_string_member (object, "cause", cs_company_cause_to_string (one->cause));
  ctl_set_text (object, "pinned", one->pinned == 1 ? "in" : one->pinned == -1 ? "out"
                                                                              : NULL);
  ctl_set_text (object, "stage", one->stage != NULL ? one->stage->id : NULL);
  ctl_set_text (object, "title", one->stage != NULL ? one->stage->title : NULL);
  ctl_set_time (object, "since", change != NULL ? change->at : 0);
  ctl_set_text (object, "act", change != NULL ? cs_flag_act_to_string (change->act) : NULL);
  ctl_set_text (object, "by", change != NULL ? change->by : NULL);
  ctl_set_text (object, "reason", change != NULL ? change->reason : NULL);
  json_object_set_array_member (object, "signed", list_people (one));
  json_object_set_array_member (object, "overridden", list_overrides (one));
  if (history)
    json_object_set_array_member (object, "history", list_changes (one));
  ctl_set_text (object, "drift", cs_flag_get_drift (one->flag));
  ctl_set_text (object, "trouble", cs_flag_get_trouble (one->flag));
  return object;
}

static void
show_json (const char *id, const CsCompany *company, GPtrArray *flags, gboolean history)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  json_node_take_object (node, object);
  json_object_set_string_member (object, "id", id);
  json_object_set_boolean_member (object, "listed", company != NULL);
  ctl_set_text (object, "name", company != NULL ? company->name : NULL);
  if (company != NULL)
    json_object_set_int_member (object, "size", company->size);
  else
    json_object_set_null_member (object, "size");
  ctl_set_text (object, "tags", company != NULL ? company->tags : NULL);
  for (guint i = 0; i < flags->len; i++)
    json_array_add_object_element (array, flag_to_json (flags->pdata[i], history));
  json_object_set_array_member (object, "flags", array);
  ctl_print_json (node);
}

static const char *
say_cause (CsCompanyCause cause)
{
  switch (cause)
    {
    case CS_COMPANY_FLAG_OFF:
      return "the flag is off";
    case CS_COMPANY_OUTSIDE:
      return "the stage is for others";
    case CS_COMPANY_PINNED_OUT:
      return "pinned out";
    case CS_COMPANY_PINNED_IN:
      return "pinned in";
    case CS_COMPANY_NAMED:
      return "named by the stage";
    case CS_COMPANY_SHARE:
      return "in the share of the stage";
    case CS_COMPANY_EVERYONE:
      return "on for everyone";
    case CS_COMPANY_ADOPTED:
      return "changed by hand, and adopted";
    case CS_COMPANY_BEFORE:
    default:
      return "from before the stage was changed";
    }
}

static void
print_history (const CsCompanyFlag *one)
{
  gboolean on = one->on;

  for (guint i = 0; i < one->changes->len; i++, on = !on)
    {
      const CsFlagChange *change = one->changes->pdata[i];
      g_autofree char *at = ctl_format_time (change->at);

      ctl_print (stdout, "    %s %s  %s by %s  %s\n", on ? "●" : "○", at,
                 cs_flag_act_to_string (change->act), change->by,
                 change->reason != NULL ? change->reason : "");
    }
}

static void
print_people (const CsCompanyFlag *one)
{
  for (guint i = 0; i < one->signed_by->len; i++)
    ctl_print (stdout, "    signed by %s\n", (const char *) one->signed_by->pdata[i]);
  for (guint i = 0; i < one->overrides->len; i++)
    {
      const CsFlagOverride *override = one->overrides->pdata[i];
      g_autofree char *gates = g_strjoinv (", ", override->gates);

      ctl_print (stdout, "    %s overridden by %s: %s\n", gates, override->by,
                 override->reason != NULL ? override->reason : "");
    }
}

static void
print_flag (const CsCompanyFlag *one)
{
  const CsFlagChange *change = one->change;

  ctl_print (stdout, "%s %s  %s  ", one->on ? "●" : "○", cs_flag_get_key (one->flag),
             cs_flag_get_environment (one->flag));
  ctl_print (stdout, "%s: %s\n", one->stage != NULL ? one->stage->title : "off",
             say_cause (one->cause));
  if (change != NULL)
    {
      g_autofree char *at = ctl_format_time (change->at);

      ctl_print (stdout, "    since %s  %s by %s  %s\n", at, cs_flag_act_to_string (change->act),
                 change->by, change->reason != NULL ? change->reason : "");
    }
  print_people (one);
  if (is_pin_to_come (one))
    ctl_print (stdout, "    %s: pinned %s from the next promotion on\n", one->on ? "○" : "●",
               one->pinned == 1 ? "in" : "out");
  if (cs_flag_get_drift (one->flag) != NULL)
    ctl_print (stdout, "    changed by hand: %s\n", cs_flag_get_drift (one->flag));
  if (cs_flag_get_trouble (one->flag) != NULL)
    ctl_print (stdout, "    nobody knows what is there: %s\n", cs_flag_get_trouble (one->flag));
}

static void
show (const char *id, const CsCompany *company, GPtrArray *flags, gboolean history)
{
  if (company == NULL)
    ctl_print (stdout, "%s  not on the list any more\n", id);
  else
    {
      ctl_print (stdout, "%s  %s  ", id, company->name);
      fprintf (stdout, "size %" G_GINT64_FORMAT, company->size);
      ctl_print (stdout, *company->tags != '\0' ? "  (%s)\n" : "%s\n", company->tags);
    }
  for (guint i = 0; i < flags->len; i++)
    {
      print_flag (flags->pdata[i]);
      if (history)
        print_history (flags->pdata[i]);
    }
}

CtlStatus
ctl_company_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  gboolean history = FALSE;
  const GOptionEntry entries[] = {
    { "history", 0, 0, G_OPTION_ARG_NONE, &history, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsCompanyList) list = NULL;
  g_autoptr (GPtrArray) flags = NULL;
  const CsCompany *company = NULL;
  gboolean listed;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      cs_company_id_check (words[0], &error))
    list = ctl_read_companies (ctl, &error);
  if (list == NULL)
    return ctl_fail (error);
  company = cs_company_list_lookup (list, words[0]);
  listed = company != NULL;
  flags = find_all (ctl, words[0], history, &listed, &error);
  if (flags != NULL && !listed)
    g_set_error (&error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "There is no company “%s”; “company list --search” finds names, too", words[0]);
  if (error != NULL)
    return ctl_fail (error);
  if (json)
    show_json (words[0], company, flags, history);
  else
    show (words[0], company, flags, history);
  return CTL_DONE;
}
