/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured, where, and how often. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsProbeKind:
 * @CS_PROBE_HTTP: asks a URL: status, time, a text, a header, a value in JSON
 * @CS_PROBE_PROMETHEUS: asks a Prometheus server for the value of a PromQL query
 * @CS_PROBE_COMMAND: runs a script on a target: its exit status, and the number that it prints
 */
typedef enum
{
  CS_PROBE_HTTP,
  CS_PROBE_PROMETHEUS,
  CS_PROBE_COMMAND,
} CsProbeKind;

/** CsProbe: strings that are not of the kind are NULL */
typedef struct
{
  char *id;        /* "p1" */
  char *name;      /* "Health check" */
  CsProbeKind kind;
  gint64 interval; /* microseconds from one measurement to the next */
  gint64 timeout;  /* microseconds; less than the interval */
  char *unit;      /* of the value; NULL: a bare number, or none at all */
  char *secret;    /* the secret in the keyring that goes along as bearer token; NULL */

  char *url;       /* http: what is asked; prometheus: of the server, without /api */
  guint status_from; /* http: the status is to be from … to */
  guint status_to;
  char *header;    /* http: "Name: text": this header is to hold this text */
  char *contains;  /* http: the body is to hold this text */
  char *pointer;   /* http: RFC 6901: where the value stands in the JSON of the body */

  char *query;     /* prometheus: PromQL for one number */

  char *target;    /* command: the name of a target */
  char *script;    /* command: what is run there */
} CsProbe;

CsProbe *cs_probe_new (CsProbeKind kind, const char *id, const char *name);
CsProbe *cs_probe_copy (const CsProbe *self);
void cs_probe_free (CsProbe *self);

const char *cs_probe_kind_to_string (CsProbeKind kind); /* "http", "prometheus", "command" */
gboolean cs_probe_kind_from_string (const char *word, CsProbeKind *kind);

/* text: "200" or "200-299" */
gboolean cs_probe_set_status (CsProbe *self, const char *text, GError **error);
gboolean cs_probe_check (const CsProbe *self, GError **error);
CsProbe *cs_probe_from_json (JsonObject *object, GError **error);
JsonNode *cs_probe_to_json (const CsProbe *self);
gboolean cs_probe_has_value (const CsProbe *self);
const char *cs_probe_get_place (const CsProbe *self); /* URL or target, for showing */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsProbe, cs_probe_free)

G_END_DECLS
