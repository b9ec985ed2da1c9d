/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an agent is, and what it asks for: nothing in it is secret. */

#define G_LOG_DOMAIN "cs-agent"

#include "config.h"

#include "cs-exchange.h"

#include "cs-certificate.h"
#include "cs-clock.h"

#include <stdlib.h>

static JsonObject *
describe_policy (const CsAgentPolicy *policy)
{
  JsonObject *object = json_object_new ();
  JsonObject *roles = json_object_new ();

  for (guint i = 0; i < policy->roles->len; i++)
    {
      const CsAgentRole *role = g_ptr_array_index (policy->roles, i);

      json_object_set_int_member (roles, role->name, role->approvals);
    }
  if (policy->environment != NULL)
    json_object_set_string_member (object, "environment", policy->environment);
  json_object_set_boolean_member (object, "require_approvals", policy->require_approvals);
  json_object_set_boolean_member (object, "operator_may_approve", policy->operator_may_approve);
  json_object_set_boolean_member (object, "sign_reads", policy->sign_reads);
  json_object_set_int_member (object, "max_age", policy->max_age);
  json_object_set_int_member (object, "max_delegation", policy->max_delegation);
  json_object_set_object_member (object, "roles", roles);
  return object;
}

static void
set_time (JsonObject *object, const char *name, gint64 at)
{
  g_autofree char *text = cs_clock_format (at);

  json_object_set_string_member (object, name, text);
}

static void
add_certificate (JsonArray *array,
                 const char *fingerprint,
                 const char *state,
                 gint64 from,
                 GTlsCertificate *certificate)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GDateTime) expires =
    certificate != NULL ? g_tls_certificate_get_not_valid_after (certificate) : NULL;

  json_object_set_string_member (object, "fingerprint", fingerprint);
  json_object_set_string_member (object, "state", state);
  if (from != 0)
    set_time (object, "from", from);
  if (expires != NULL)
    set_time (object, "expires", g_date_time_to_unix (expires) * G_USEC_PER_SEC);
  json_array_add_object_element (array, object);
}

static JsonArray *
list_certificates (CsAgentConfig *config)
{
  JsonArray *array = json_array_new ();
  g_autofree char *current =
    config->certificate != NULL ? cs_certificate_dup_fingerprint (config->certificate) : NULL;
  g_autofree char *next =
    config->next != NULL ? cs_certificate_dup_fingerprint (config->next) : NULL;

  if (current != NULL)
    add_certificate (array, current, "current", 0, config->certificate);
  if (next != NULL)
    add_certificate (array, next, "next", config->next_from, config->next);
  if (config->previous != NULL)
    add_certificate (array, config->previous, "previous", 0, NULL);
  return array;
}

static JsonObject *
describe_runs (CsRuns *runs)
{
  JsonObject *object = json_object_new ();
  guint running, queued, limit;

  cs_runs_count (runs, &running, &queued, &limit);
  json_object_set_int_member (object, "running", running);
  json_object_set_int_member (object, "queued", queued);
  json_object_set_int_member (object, "limit", limit);
  return object;
}

/** cs_agent_describe_health: (transfer full): what `GET /v1/health` answers. */
JsonObject *
cs_agent_describe_health (CsAgent *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *loads = json_array_new ();
  double load[3] = { 0, 0, 0 };

  if (getloadavg (load, 3) == 3)
    for (gsize i = 0; i < 3; i++)
      json_array_add_double_element (loads, load[i]);
  json_object_set_string_member (object, "status", "ok");
  json_object_set_string_member (object, "version", VERSION);
  json_object_set_int_member (object, "api", 1);
  json_object_set_string_member (object, "id", self->config->id);
  json_object_set_string_member (object, "host", g_get_host_name ());
  json_object_set_string_member (object, "user", g_get_user_name ());
  set_time (object, "time", cs_clock_now ());
  json_object_set_int_member (object, "uptime",
                              (g_get_monotonic_time () - self->began) / G_USEC_PER_SEC);
  json_object_set_array_member (object, "load", loads);
  json_object_set_object_member (object, "runs", describe_runs (self->runs));
  json_object_set_object_member (object, "policy", describe_policy (self->config->policy));
  json_object_set_array_member (object, "certificates", list_certificates (self->config));
  return object;
}
